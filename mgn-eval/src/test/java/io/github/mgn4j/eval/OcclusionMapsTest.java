package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OcclusionMapsTest {
    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1 / 32.0)
            .input(96, 48)
            .embedding(4)
            .classes(3)
            .build();

    /** A network whose branch b depends on the one pixel in row 20 b + 10 and column 15 b + 4. */
    private static final class OnePixel implements Engine {
        @Override
        public String name() {
            return "one pixel";
        }

        @Override
        public MgnSpec spec() {
            return SPEC;
        }

        @Override
        public Layout inputLayout() {
            return Layout.NHWC;
        }

        @Override
        public void run(FloatBuffer images, int batch, FloatBuffer features) {
            int at = 0;
            for (int i = 0; i < batch; i++) {
                for (FeaturePart part : SPEC.features()) {
                    int pixel = (20 * part.branch() + 10) * 48 + 15 * part.branch() + 4;
                    for (int d = 0; d < part.dims(); d++) {
                        features.put(at++, images.get((i * 96 * 48 + pixel) * 3));
                    }
                }
            }
        }

        @Override
        public void close() {}
    }

    private static RgbImage image(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        new Random(4).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    @Test
    void aMapIsWhereItsBranchLooks() {
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(new OnePixel()).flip(false).build()) {
            List<ActivationMap> maps = OcclusionMaps.of(extractor).compute(image(48, 96));
            assertThat(maps).extracting(ActivationMap::branch).containsExactly("global", "part-2", "part-3");
            for (int b = 0; b < 3; b++) {
                for (int y = 0; y < 12; y++) {
                    for (int x = 0; x < 6; x++) {
                        boolean there = y == (20 * b + 10) / 8 && x == (15 * b + 4) / 8;
                        assertThat(maps.get(b).get(y, x)).isEqualTo(there ? 1 : 0);
                    }
                }
            }
        }
    }

    /** A tile after the other by hand; the image is larger than the input, and its tiles differ in size. */
    @Test
    void areTheDistancesOfImagesPaintedOver() {
        RgbImage image = image(50, 101);
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(RandomModels.of(SPEC, 5)).batch(8).build()) {
            float[] whole = extractor.extract(image);
            double[][] moved = new double[3][72];
            for (int tile = 0; tile < 72; tile++) {
                float[] hidden = extractor.extract(painted(image, tile / 6, tile % 6));
                int at = 0;
                for (FeaturePart part : SPEC.features()) {
                    for (int d = 0; d < part.dims(); d++, at++) {
                        moved[part.branch()][tile] += Math.pow((double) whole[at] - hidden[at], 2);
                    }
                }
            }
            List<ActivationMap> maps = OcclusionMaps.of(extractor).compute(image);
            for (int b = 0; b < 3; b++) {
                double most = java.util.Arrays.stream(moved[b]).max().orElseThrow();
                assertThat(most).isPositive();
                for (int tile = 0; tile < 72; tile++) {
                    assertThat((double) maps.get(b).get(tile / 6, tile % 6))
                            .isCloseTo(moved[b][tile] / most, within(1e-4));
                }
            }
        }
    }

    private static RgbImage painted(RgbImage image, int row, int column) {
        double[] sums = new double[3];
        byte[] rgb = image.rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            sums[i % 3] += rgb[i] & 0xff;
        }
        for (int y = 0; y < 101; y++) {
            for (int x = 0; x < 50; x++) {
                boolean inside = y >= row * 101 / 12
                        && y < (row + 1) * 101 / 12
                        && x >= column * 50 / 6
                        && x < (column + 1) * 50 / 6;
                for (int c = 0; inside && c < 3; c++) {
                    rgb[(y * 50 + x) * 3 + c] = (byte) Math.round(sums[c] / (50 * 101));
                }
            }
        }
        return new RgbImage(50, 101, rgb);
    }

    @Test
    void anImageOfFewPixelsHasATileForEach() {
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(new OnePixel()).build()) {
            ActivationMap map = OcclusionMaps.of(extractor).compute(image(2, 5)).get(0);
            assertThat(map.height()).isEqualTo(5);
            assertThat(map.width()).isEqualTo(2);
        }
    }
}
