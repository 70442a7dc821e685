package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.JoinedExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Features of a PCB, and joined features of three networks, in every engine against PyTorch
 * (tools/reference/make_pcb_fixtures.py). The tolerance is 1e-4 of the largest value.
 */
class PcbTest {
    private static final int IMAGES = 2;
    private static final int HEIGHT = 96;
    private static final int WIDTH = 48;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Expected(double[] features, double[] joined, double[] joinedOfLengthOne) {}

    private static Expected expected() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(PcbTest.class.getResourceAsStream("/pcb-features.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Expected.class);
        }
    }

    private static MgnSpecBuilder tiny(int depth, Branch branch) {
        return MgnSpec.builder()
                .backbone(depth, 1 / 16.0)
                .input(HEIGHT, WIDTH)
                .branches(branch)
                .embedding(16)
                .classes(3);
    }

    private static Model pcb(int depth) {
        return ReferenceWeights.model(
                tiny(depth, Branch.part(6).withoutGlobal()).pooling(Pooling.AVG).build());
    }

    private static List<RgbImage> images() {
        Tensor values = ReferenceWeights.tensor("pcb.image", 0, 256, List.of(IMAGES, HEIGHT, WIDTH, 3));
        int length = HEIGHT * WIDTH * 3;
        List<RgbImage> images = new ArrayList<>();
        for (int n = 0; n < IMAGES; n++) {
            byte[] rgb = new byte[length];
            for (int i = 0; i < length; i++) {
                rgb[i] = (byte) (int) values.get(n * length + i);
            }
            images.add(new RgbImage(WIDTH, HEIGHT, rgb));
        }
        return images;
    }

    @Test
    void sixStripesAndJoinedNetworksAreThoseOfPyTorchInEveryEngine() throws IOException {
        Expected expected = expected();
        List<RgbImage> images = images();
        Model pcb = pcb(50);
        assertThat(pcb.spec().featureLength()).isEqualTo(6 * 16);
        List<String> engines = new ArrayList<>();
        for (EngineProvider provider : Engines.providers()) {
            if (provider.available()
                    && provider.refusal(pcb.spec(), Precision.FP32).isEmpty()) {
                String engine = provider.name();
                engines.add(engine);
                try (FeatureExtractor extractor = open(pcb, engine)) {
                    check(engine, extractor.extractImages(images), expected.features);
                }
                for (boolean normalise : new boolean[] {false, true}) {
                    List<FeatureExtractor> networks = List.of(
                            open(pcb, engine),
                            open(pcb(18), engine),
                            open(
                                    ReferenceWeights.model(
                                            tiny(18, Branch.globalOnly()).build()),
                                    engine));
                    try (JoinedExtractor joined = JoinedExtractor.of(networks, normalise)) {
                        assertThat(joined.dims()).isEqualTo(6 * 16 + 6 * 16 + 16);
                        check(
                                engine + (normalise ? ", normalised" : ""),
                                joined.extractImages(images),
                                normalise ? expected.joinedOfLengthOne : expected.joined);
                    }
                }
            }
        }
        assertThat(engines).contains("onednn", "onnx", "samediff");
    }

    private static FeatureExtractor open(Model model, String engine) {
        return FeatureExtractor.builder(model).engine(engine).batch(IMAGES).build();
    }

    private static void check(String engine, FeatureMatrix found, double[] expected) {
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(found.rows() * found.dims()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(found.row(i / found.dims())[i % found.dims()] - expected[i]))
                    .as("%s, value %s", engine, i)
                    .isLessThan(1e-4 * largest);
        }
    }
}
