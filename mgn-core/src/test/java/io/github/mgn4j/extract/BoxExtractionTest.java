package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames and boxes: the features are those of the crops, in order. */
class BoxExtractionTest {
    private static final int BATCH = 4;

    private static FeatureExtractor extractor(FakeEngine engine) {
        return new FeatureExtractor(engine, false, BATCH, Resampling.BILINEAR, 2, ImageDecoder::decode);
    }

    private static BufferedImage frame(int seed, int type) {
        Random random = new Random(seed);
        BufferedImage frame = new BufferedImage(60, 80, type);
        for (int y = 0; y < 80; y++) {
            for (int x = 0; x < 60; x++) {
                frame.setRGB(x, y, random.nextInt());
            }
        }
        return frame;
    }

    private static List<Box> boxes(int seed, int count) {
        Random random = new Random(seed);
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boxes.add(new Box(
                    random.nextInt(70) - 10,
                    random.nextInt(90) - 10,
                    11 + random.nextInt(30),
                    11 + random.nextInt(50)));
        }
        return boxes;
    }

    /** The feature of a box by copying its pixels one by one. */
    private static float[] naive(FeatureExtractor extractor, BufferedImage frame, Box box) {
        int left = Math.max(0, box.x());
        int top = Math.max(0, box.y());
        int right = Math.min(60, box.x() + box.width());
        int bottom = Math.min(80, box.y() + box.height());
        byte[] rgb = new byte[(right - left) * (bottom - top) * 3];
        int i = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int pixel = RgbImage.of(frame).pixel(x, y);
                rgb[i++] = (byte) (pixel >> 16);
                rgb[i++] = (byte) (pixel >> 8);
                rgb[i++] = (byte) pixel;
            }
        }
        return extractor.extract(new RgbImage(right - left, bottom - top, rgb));
    }

    @Test
    void featuresAreThoseOfTheCropsInOrder() {
        FakeEngine engine = new FakeEngine();
        try (FeatureExtractor extractor = extractor(engine)) {
            for (int type :
                    new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_BYTE_GRAY
                    }) {
                List<BufferedImage> frames = new ArrayList<>();
                List<List<Box>> boxes = new ArrayList<>();
                for (int f = 0; f < 5; f++) {
                    frames.add(frame(f, type));
                    boxes.add(boxes(f, f == 2 ? 0 : 1 + f));
                }
                engine.batches.clear();
                List<FeatureMatrix> features = extractor.extract(frames, boxes);
                assertThat(engine.batches).containsExactly(4, 4, 4); // 1 + 2 + 4 + 5 boxes
                for (int f = 0; f < 5; f++) {
                    assertThat(features.get(f).rows()).isEqualTo(boxes.get(f).size());
                    assertThat(extractor.extract(frames.get(f), boxes.get(f))).isEqualTo(features.get(f));
                    for (int b = 0; b < boxes.get(f).size(); b++) {
                        assertThat(features.get(f).row(b))
                                .isEqualTo(naive(
                                        extractor, frames.get(f), boxes.get(f).get(b)));
                    }
                }
            }
        }
    }

    @Test
    void boxesOutsideAreNamed() {
        try (FeatureExtractor extractor = extractor(new FakeEngine())) {
            BufferedImage frame = frame(1, BufferedImage.TYPE_INT_RGB);
            assertThatThrownBy(() -> extractor.extract(frame, List.of(new Box(0, 0, 5, 5), new Box(60, 0, 5, 5))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("box 1, Box[x=60, y=0, width=5, height=5], has no pixel in a frame of 60x80");
            assertThatThrownBy(() -> new Box(0, 0, 0, 5)).hasMessage("a box must be at least 1x1 pixels, not 0x5");
            assertThatThrownBy(() -> extractor.extract(List.of(frame), List.of()))
                    .hasMessageContaining("expected one each");
        }
    }
}
