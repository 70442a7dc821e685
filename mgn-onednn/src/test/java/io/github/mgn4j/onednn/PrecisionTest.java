package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** bf16 and int8 against fp32, whose features the shared test of all engines checks. */
class PrecisionTest {
    private static final int HEIGHT = 96;
    private static final int WIDTH = 32;
    private static final int BATCH = 3;

    static Stream<MgnSpec> specs() {
        MgnSpec slim = slim(50);
        return Stream.of(
                slim,
                slim(18),
                slim.toBuilder().pooling(Pooling.AVG).build(),
                slim.toBuilder().embedding(0).branches(Branch.part(2)).build(),
                slim(18).toBuilder()
                        .splitAfter(4, 2)
                        .branches(Branch.globalOnly())
                        .build());
    }

    private static MgnSpec slim(int depth) {
        return MgnSpec.builder()
                .backbone(depth, 0.25)
                .input(HEIGHT, WIDTH)
                .embedding(32)
                .classes(4)
                .build();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void bf16KeepsTheDirectionOfFeatures(MgnSpec spec) {
        Model model = ReferenceWeights.model(spec);
        float[] exact = run(model, PrecisionPolicy.FP32);
        float[] found = run(model, PrecisionPolicy.BF16);
        assertThat(worstCosine(found, exact, spec.featureLength())).isBetween(0.999, 0.9999999);
        assertThat(worstCosine(exact, exact, spec.featureLength())).isGreaterThan(0.9999999);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void int8KeepsTheDirectionOfFeatures(MgnSpec spec) {
        Model model = calibrated(spec);
        float[] exact = run(model, PrecisionPolicy.FP32);
        float[] found = run(model, new Int8(model.ranges()));
        assertThat(worstCosine(found, exact, spec.featureLength())).isBetween(0.999, 0.999999);
    }

    @Test
    void anEngineSaysWhatItReallyComputesIn() {
        OneDnnEngineProvider provider = new OneDnnEngineProvider();
        Model model = calibrated(slim(18));
        try (Engine full = provider.open(model, new EngineOptions(Precision.FP32, 1));
                Engine half = provider.open(model, new EngineOptions(Precision.BF16, 1));
                Engine quarter = provider.open(model, new EngineOptions(Precision.INT8, 1))) {
            assertThat(full.precision()).isEqualTo(Precision.FP32);
            assertThat(half.precision()).isEqualTo(Processor.gainsFromBf16() ? Precision.BF16 : Precision.FP32);
            assertThat(quarter.precision()).isEqualTo(Processor.hasInt8() ? Precision.INT8 : Precision.FP32);
        }
    }

    @Test
    void int8WantsACalibratedModel() {
        assertThatThrownBy(() -> new OneDnnEngineProvider()
                        .open(ReferenceWeights.model(slim(18)), new EngineOptions(Precision.INT8, 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("mgn calibrate");
    }

    private static Model calibrated(MgnSpec spec) {
        try (Calibration calibration = new Calibration(ReferenceWeights.model(spec))) {
            FloatBuffer images = images(8);
            int length = 3 * HEIGHT * WIDTH;
            for (int i = 0; i < 8; i++) {
                calibration.add(images.slice(i * length, length));
            }
            return calibration.calibrated();
        }
    }

    private static float[] run(Model model, PrecisionPolicy arithmetic) {
        try (Engine engine = new OneDnnEngine(model, arithmetic)) {
            FloatBuffer features = FloatBuffer.allocate(BATCH * engine.spec().featureLength());
            engine.run(images(BATCH), BATCH, features);
            return features.array();
        }
    }

    /** The formula's images, channels last. */
    private static FloatBuffer images(int count) {
        float[] planes = ReferenceWeights.images(count, HEIGHT, WIDTH);
        int pixels = HEIGHT * WIDTH;
        float[] images = new float[planes.length];
        for (int i = 0; i < images.length; i++) {
            int inside = i % (3 * pixels);
            images[i] = planes[i - inside + inside % 3 * pixels + inside / 3];
        }
        return FloatBuffer.wrap(images);
    }

    private static double worstCosine(float[] found, float[] expected, int dims) {
        double worst = 1;
        for (int i = 0; i < found.length; i += dims) {
            worst = Math.min(
                    worst, cosine(Arrays.copyOfRange(found, i, i + dims), Arrays.copyOfRange(expected, i, i + dims)));
        }
        return worst;
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }
}
