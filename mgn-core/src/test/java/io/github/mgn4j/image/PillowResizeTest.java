package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PillowResizeTest {
    static Stream<Object[]> pillow() {
        return ImageFixtures.rows("resize.tsv").stream().map(Object[].class::cast);
    }

    @ParameterizedTest(name = "{0} {1}x{2} -> {3}x{4} {5}")
    @MethodSource("pillow")
    void givesPillowsBytes(
            String kind, int inWidth, int inHeight, int width, int height, Resampling resampling, String crc) {
        RgbImage image = ImageFixtures.pattern(kind, inWidth, inHeight);

        RgbImage resized = PillowResize.resize(image, width, height, resampling);

        assertThat(resized.width()).isEqualTo(width);
        assertThat(resized.height()).isEqualTo(height);
        assertThat(ImageFixtures.crc(resized)).isEqualTo(crc);
    }

    @ParameterizedTest
    @EnumSource
    void leavesAnImageOfTheRightSizeAlone(Resampling resampling) {
        RgbImage image = ImageFixtures.pattern("noise", 12, 8);

        assertThat(PillowResize.resize(image, 12, 8, resampling)).isSameAs(image);
    }

    @ParameterizedTest
    @EnumSource
    void keepsAFlatImageFlat(Resampling resampling) {
        byte[] flat = new byte[50 * 41 * 3];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (byte) (100 + i % 3 * 77);
        }

        byte[] resized = PillowResize.resize(new RgbImage(50, 41, flat), 33, 97, resampling)
                .rgb();

        for (int i = 0; i < resized.length; i++) {
            assertThat(resized[i]).isEqualTo((byte) (100 + i % 3 * 77));
        }
    }

    @Test
    void isTheSameFromManyThreads() {
        RgbImage image = ImageFixtures.pattern("noise", 64, 128);
        RgbImage expected = PillowResize.resize(image, 40, 90, Resampling.BICUBIC);

        assertThat(IntStream.range(0, 64)
                        .parallel()
                        .mapToObj(i -> PillowResize.resize(image, 40, 90, Resampling.BICUBIC)))
                .allMatch(expected::equals);
    }

    @Test
    void needsLittleMemoryForAThinImage() {
        RgbImage thin = ImageFixtures.pattern("smooth", 1, 60_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        PillowResize.resize(thin, 300, 1, Resampling.BILINEAR);

        // The rows between Pillow's two passes would take 54 MB.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    @Test
    void refusesEmptyAndHugeResults() {
        RgbImage image = ImageFixtures.pattern("smooth", 2, 2);

        assertThatThrownBy(() -> PillowResize.resize(image, 0, 5, Resampling.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x5");
        assertThatThrownBy(() -> PillowResize.resize(image, 50_000, 50_000, Resampling.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("50000x50000");
    }
}
