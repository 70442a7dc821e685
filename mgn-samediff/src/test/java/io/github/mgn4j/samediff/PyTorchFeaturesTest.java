package io.github.mgn4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Features equal PyTorch's, for weights and images made by one formula in both languages. The fixtures, by
 * {@code tools/reference/make_feature_fixtures.py}, are float64 results; PyTorch's own float32 lies within 1.5e-6.
 */
class PyTorchFeaturesTest {
    private static final double TOLERANCE = 1e-4;

    /** An entry of features.json. */
    record Fixture(
            String file,
            int depth,
            double width,
            int height,
            int image_width,
            int embedding,
            int classes,
            String pooling,
            int batch,
            int dims) {
        MgnSpec spec() {
            return MgnSpec.builder()
                    .backbone(depth, width)
                    .input(height, image_width)
                    .embedding(embedding)
                    .classes(classes)
                    .pooling(Pooling.valueOf(pooling.toUpperCase(Locale.ROOT)))
                    .build();
        }
    }

    static List<Fixture> fixtures() throws IOException {
        try (InputStreamReader json = new InputStreamReader(open("features.json"), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(json, new TypeToken<List<Fixture>>() {}.getType());
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(PyTorchFeaturesTest.class.getResourceAsStream("/reference/" + name), name);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void featuresOfSeveralBatchSizesAreThoseOfPyTorch(Fixture fixture) throws IOException {
        MgnSpec spec = fixture.spec();
        float[] expected = read(fixture);
        try (SameDiffEngine engine = new SameDiffEngine(model(spec), Layout.NHWC)) {
            for (int batch : new int[] {1, 3, 8}) {
                FloatBuffer features = FloatBuffer.allocate(batch * fixture.dims());
                engine.run(images(batch, fixture), batch, features);
                assertThat(distance(features.array(), expected)).isLessThan(TOLERANCE);
            }
        }
    }

    private static Model model(MgnSpec spec) {
        return ReferenceWeights.model(spec);
    }

    private static float[] read(Fixture fixture) throws IOException {
        try (InputStream in = open(fixture.file())) {
            FloatBuffer values = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            assertThat(copy).hasSize(fixture.batch() * fixture.dims());
            return copy;
        }
    }

    /** The formula's images, channels last. */
    private static FloatBuffer images(int batch, Fixture fixture) {
        float[] nchw = ReferenceWeights.images(batch, fixture.height(), fixture.image_width());
        int pixels = fixture.height() * fixture.image_width();
        float[] nhwc = new float[nchw.length];
        for (int i = 0; i < nchw.length; i++) {
            int image = i / (3 * pixels);
            int channel = i / pixels % 3;
            nhwc[(image * pixels + i % pixels) * 3 + channel] = nchw[i];
        }
        return FloatBuffer.wrap(nhwc);
    }

    /** Largest difference over largest value, of as many values as were found. */
    private static double distance(float[] found, float[] expected) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        assertThat(largest).isGreaterThan(0.1);
        return difference / largest;
    }
}
