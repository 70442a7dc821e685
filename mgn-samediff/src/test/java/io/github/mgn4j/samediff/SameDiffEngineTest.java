package io.github.mgn4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.fixtures.NaiveNetwork;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.fixtures.TinySpecs;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SameDiffEngineTest {
    static Stream<MgnSpec> specs() {
        return Stream.concat(TinySpecs.all().stream(), TinySpecs.variants().stream());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void featuresAreThoseOfTheNaiveNetwork(MgnSpec spec) {
        Model model = RandomModels.of(spec, 7);
        double[][][] image = image(3, spec.input());
        double[] expected = NaiveNetwork.features(model, image);
        double scale = max(expected);
        assertThat(scale).isGreaterThan(0.01);
        for (Layout layout : Layout.values()) {
            try (SameDiffEngine engine = new SameDiffEngine(model, layout)) {
                float[] features = run(engine, image);
                assertThat(features).hasSize(expected.length);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) features[i]).isCloseTo(expected[i], within(1e-4 * scale));
                }
            }
        }
    }

    private static float[] run(SameDiffEngine engine, double[][][]... images) {
        int width = engine.spec().input().width();
        int pixels = engine.spec().input().height() * width;
        FloatBuffer input = FloatBuffer.allocate(images.length * 3 * pixels);
        for (double[][][] image : images) {
            for (int i = 0; i < 3 * pixels; i++) {
                int c = engine.inputLayout() == Layout.NHWC ? i % 3 : i / pixels;
                int pixel = engine.inputLayout() == Layout.NHWC ? i / 3 : i % pixels;
                input.put((float) image[c][pixel / width][pixel % width]);
            }
        }
        FloatBuffer features =
                FloatBuffer.allocate(images.length * engine.spec().featureLength());
        engine.run(input, images.length, features);
        return features.array();
    }

    @Test
    void aBatchHasTheFeaturesOfItsImages() {
        Model model = RandomModels.of(TinySpecs.tiny(18), 3);
        double[][][][] images = IntStream.range(0, 17)
                .mapToObj(i -> image(i, model.spec().input()))
                .toArray(double[][][][]::new);
        int length = model.spec().featureLength();
        try (SameDiffEngine engine = new SameDiffEngine(model)) {
            float[] together = run(engine, images);
            for (int i = 0; i < images.length; i++) {
                float[] single = run(engine, images[i]);
                for (int k = 0; k < length; k++) {
                    assertThat(together[i * length + k]).isCloseTo(single[k], within(1e-4f));
                }
            }
        }
    }

    private static double[][][] image(int seed, InputSize size) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][][] image = new double[3][size.height()][size.width()];
        for (double[][] channel : image) {
            for (double[] row : channel) {
                for (int x = 0; x < row.length; x++) {
                    row[x] = (float) (4 * random.nextDouble() - 2);
                }
            }
        }
        return image;
    }

    private static double max(double[] values) {
        double max = 0;
        for (double v : values) {
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    @Test
    void weightsThatOverflowOnceTheirBatchNormIsFoldedInAreRefused() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(
                WeightInit.initialise(TinySpecs.tiny(18), 5).weights().asMap());
        tensors.put("trunk.bn1.weight", Tensor.of(new float[] {1, 1e38f, 1, 1}, 4));
        tensors.put("trunk.bn1.running_var", Tensor.of(new float[4], 4));
        Model model = new Model(TinySpecs.tiny(18), Weights.of(tensors));
        assertThatThrownBy(() -> new SameDiffEngine(model))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith("convolution 'trunk.conv1' leaves float32 in channel 1 once its batch norm"
                        + " 'trunk.bn1' is folded in (scale 3.16");
    }
}
