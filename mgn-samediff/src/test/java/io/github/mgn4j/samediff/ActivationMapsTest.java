package io.github.mgn4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.fixtures.NaiveNetwork;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationMapsTest {
    private static final int HEIGHT = 96;
    private static final int WIDTH = 40;

    static Stream<MgnSpec> specs() {
        MgnSpec tiny = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(HEIGHT, WIDTH)
                .embedding(8)
                .classes(4)
                .build();
        return Stream.of(
                tiny,
                tiny.toBuilder().backbone(50, 1.0 / 16).build(),
                // Both branches end in the trunk's own map.
                tiny.toBuilder()
                        .splitAfter(4, 2)
                        .branches(Branch.globalOnly(), Branch.globalOnly())
                        .build());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void areTheScaledEnergiesOfTheNaiveNetwork(MgnSpec spec) {
        Model model = RandomModels.of(spec, 5);
        RgbImage image = image(1, WIDTH, HEIGHT);
        List<double[][][]> expected = NaiveNetwork.maps(model, normalised(image));
        assertThat(expected).hasSameSizeAs(spec.branches());
        try (ActivationMaps maps = ActivationMaps.of(model)) {
            maps.compute(image(2, WIDTH, HEIGHT)); // leaves no trace
            List<ActivationMap> found = maps.compute(image);
            assertThat(found).hasSameSizeAs(expected);
            for (int b = 0; b < found.size(); b++) {
                double[][] energy = scaledEnergy(expected.get(b));
                assertThat(found.get(b).height()).isEqualTo(energy.length);
                assertThat(found.get(b).width()).isEqualTo(energy[0].length);
                for (int y = 0; y < energy.length; y++) {
                    for (int x = 0; x < energy[0].length; x++) {
                        assertThat((double) found.get(b).get(y, x)).isCloseTo(energy[y][x], within(1e-4));
                    }
                }
            }
        }
    }

    private static double[][] scaledEnergy(double[][][] map) {
        double[][] sums = new double[map[0].length][map[0][0].length];
        double most = 0;
        double least = Double.MAX_VALUE;
        for (int y = 0; y < sums.length; y++) {
            for (int x = 0; x < sums[0].length; x++) {
                for (double[][] channel : map) {
                    sums[y][x] += channel[y][x] * channel[y][x];
                }
                most = Math.max(most, sums[y][x]);
                least = Math.min(least, sums[y][x]);
            }
        }
        assertThat(most).isGreaterThan(least);
        for (double[] row : sums) {
            for (int x = 0; x < row.length; x++) {
                row[x] = (row[x] - least) / (most - least);
            }
        }
        return sums;
    }

    @Test
    void anImageOfAnotherSizeIsResizedAsForFeatures() {
        Model model = RandomModels.of(specs().findFirst().orElseThrow(), 1);
        RgbImage large = image(4, 100, 200);
        RgbImage fitting = new Preprocessor(model.spec().input(), Resampling.BILINEAR).resize(large);
        try (ActivationMaps maps = ActivationMaps.of(model)) {
            assertThat(maps.compute(large).get(0).resized(9, 5))
                    .isEqualTo(maps.compute(fitting).get(0).resized(9, 5));
        }
    }

    @Test
    void bearTheNamesOfTheBranches() {
        MgnSpec spec = specs().findFirst().orElseThrow().toBuilder()
                .branches(Branch.globalOnly(), Branch.part(2), Branch.part(2, 3).withoutGlobal())
                .build();
        try (ActivationMaps maps = ActivationMaps.of(RandomModels.of(spec, 1))) {
            assertThat(maps.compute(image(1, 10, 10)))
                    .extracting(ActivationMap::branch)
                    .containsExactly("global", "part-2", "part-2, part-3");
        }
    }

    @Test
    void closedOnesSaySo() {
        ActivationMaps maps =
                ActivationMaps.of(RandomModels.of(specs().findFirst().orElseThrow(), 1));
        maps.close();
        maps.close();
        assertThatThrownBy(() -> maps.compute(image(1, 10, 10)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the activation maps are closed");
    }

    /** torch.nn.functional.interpolate(mode="bilinear", align_corners=False) of [[0, 1, .5], [.25, .75, 0]]. */
    @Test
    void isResizedAsPicturesAre() {
        ActivationMap map = ActivationMap.of("global", 2, 3, new float[] {0, 1, 0.5f, 0.25f, 0.75f, 0});
        float[] found = map.resized(3, 5);
        float[] expected = {0f, 0.4f, 1f, 0.7f, 0.5f, 0.125f, 0.425f, 0.875f, 0.5f, 0.25f, 0.25f, 0.45f, 0.75f, 0.3f, 0f
        };
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-6f));
        }
        assertThat(map.resized(2, 3)).containsExactly(0, 1, 0.5f, 0.25f, 0.75f, 0);
    }

    @Test
    void aMapWithoutDifferencesIsZero() {
        assertThat(ActivationMap.scaled("global", 1, 3, new double[] {7, 7, 7}).resized(1, 3))
                .containsExactly(0, 0, 0);
        assertThatThrownBy(() -> ActivationMap.of("global", 2, 2, new float[3]))
                .hasMessage("a map of 2 x 2 needs as many values, found 3");
        assertThatThrownBy(() -> ActivationMap.of("global", 1, 1, new float[] {Float.NaN}))
                .hasMessage("a value of a map is NaN, must be 0 to 1");
    }

    private static double[][][] normalised(RgbImage image) {
        Preprocessor preprocessor = new Preprocessor(new InputSize(HEIGHT, WIDTH), Resampling.BILINEAR);
        FloatBuffer buffer = FloatBuffer.allocate(preprocessor.length());
        preprocessor.write(image, false, Layout.NCHW, buffer, 0);
        double[][][] values = new double[3][HEIGHT][WIDTH];
        for (int i = 0; i < buffer.limit(); i++) {
            values[i / (HEIGHT * WIDTH)][i / WIDTH % HEIGHT][i % WIDTH] = buffer.get(i);
        }
        return values;
    }

    private static RgbImage image(int seed, int width, int height) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        return RgbImage.of(image);
    }
}
