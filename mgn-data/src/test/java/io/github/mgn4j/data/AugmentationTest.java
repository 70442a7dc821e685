package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
    private static final int WIDTH = 24;
    private static final int HEIGHT = 48;

    /** Every pixel tells where it is. */
    private static TrainingSample sample() {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                rgb[(y * WIDTH + x) * 3] = (byte) x;
                rgb[(y * WIDTH + x) * 3 + 1] = (byte) y;
                rgb[(y * WIDTH + x) * 3 + 2] = 1;
            }
        }
        return new TrainingSample(new RgbImage(WIDTH, HEIGHT, rgb), false);
    }

    @Test
    void flipsHalf() {
        SplittableRandom random = new SplittableRandom(1);
        Augmentation flip = Augmentations.parse("flip");
        int flipped = 0;
        for (int i = 0; i < 2000; i++) {
            flipped += flip.apply(sample(), random).mirrored() ? 1 : 0;
        }
        assertThat(flipped).isBetween(920, 1080);
        assertThat(new HorizontalFlip(1).apply(sample(), random).mirrored()).isTrue();
        assertThat(new HorizontalFlip(1)
                        .apply(new TrainingSample(sample().image(), true), random)
                        .mirrored())
                .isFalse();
    }

    @Test
    void erasesOneRectangleOfThePublishedSizes() {
        SplittableRandom random = new SplittableRandom(2);
        int changed = 0;
        for (int round = 0; round < 500; round++) {
            RgbImage image = RandomErasing.PUBLISHED.apply(sample(), random).image();
            int left = WIDTH;
            int right = -1;
            int top = HEIGHT;
            int bottom = -1;
            int erased = 0;
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    if (image.pixel(x, y) == 0x7D7B72) {
                        left = Math.min(left, x);
                        right = Math.max(right, x);
                        top = Math.min(top, y);
                        bottom = Math.max(bottom, y);
                        erased++;
                    } else {
                        assertThat(image.pixel(x, y)).isEqualTo(x << 16 | y << 8 | 1);
                    }
                }
            }
            if (erased > 0) {
                changed++;
                assertThat(erased).isEqualTo((right - left + 1) * (bottom - top + 1));
                assertThat(erased / (double) (WIDTH * HEIGHT)).isBetween(0.015, 0.43);
            }
        }
        assertThat(changed).isBetween(210, 290);
    }

    @Test
    void cropsAreShifts() {
        SplittableRandom random = new SplittableRandom(3);
        int[] seen = new int[21];
        for (int round = 0; round < 300; round++) {
            RgbImage image = new PadAndCrop(10).apply(sample(), random).image();
            int middle = image.pixel(12, 24); // never in the margin
            int right = 12 - (middle >> 16);
            int down = 24 - (middle >> 8 & 0xff);
            seen[right + 10]++;
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    boolean margin = x - right < 0 || x - right >= WIDTH || y - down < 0 || y - down >= HEIGHT;
                    assertThat(image.pixel(x, y)).isEqualTo(margin ? 0 : (x - right) << 16 | (y - down) << 8 | 1);
                }
            }
        }
        assertThat(seen).doesNotContain(0);
    }

    @Test
    void aMarginWiderThanTheImageIsNoTrouble() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 100; i++) {
            assertThat(new PadAndCrop(100).apply(sample(), random).image().width())
                    .isEqualTo(WIDTH);
        }
    }

    @Test
    void namesAreApplied() {
        TrainingSample untouched = sample();
        assertThat(Augmentations.parse("none").apply(untouched, new SplittableRandom(1)))
                .isSameAs(untouched);
        Augmentation both = Augmentations.parse("flip, crop");
        TrainingSample one = both.apply(sample(), new SplittableRandom(8));
        assertThat(both.apply(sample(), new SplittableRandom(8))).isEqualTo(one);
        assertThat(one.image()).isNotEqualTo(untouched.image());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flop", "flip,", "flip,none", "flip,flip"})
    void otherNamesAreRefused(String names) {
        assertThatThrownBy(() -> Augmentations.parse(names))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("augmentation '");
    }
}
