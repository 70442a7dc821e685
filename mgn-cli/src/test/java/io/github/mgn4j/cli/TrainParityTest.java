package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One step of the train command, from image files to the log and the model, gives PyTorch's numbers: 4 identities x 4 images
 * (tools/reference/make_full_training_fixtures.py).
 */
class TrainParityTest {
    private static final Path FIXTURE = Path.of("../mgn-train/src/test/resources/training-full.json");
    private static final int P = 4;
    private static final int K = 4;

    @TempDir
    Path folder;

    @Test
    void aStepOfATinyNetworkIsThatOfPyTorch() throws IOException {
        stepIsThatOfPyTorch(0);
    }

    @Test
    @Tag("slow")
    void aStepOfThePapersNetworkIsThatOfPyTorch() throws IOException {
        stepIsThatOfPyTorch(1);
    }

    private void stepIsThatOfPyTorch(int number) throws IOException {
        JsonObject wanted = JsonParser.parseString(Files.readString(FIXTURE))
                .getAsJsonArray()
                .get(number)
                .getAsJsonObject();
        JsonArray input = wanted.getAsJsonArray("input");
        MgnSpec spec = MgnSpec.builder()
                .backbone(50, wanted.get("width").getAsDouble())
                .input(input.get(0).getAsInt(), input.get(1).getAsInt())
                .embedding(wanted.get("embedding").getAsInt())
                .classes(P)
                .build();
        Map<String, List<Integer>> cut = new Gson().fromJson(wanted.get("cut"), new TypeToken<>() {});
        Workshop workshop = Workshop.in(folder);
        ModelFile.save(workshop.path("start.safetensors"), ReferenceWeights.withMargins(spec, cut));
        writeImages(spec.input().height(), spec.input().width());
        workshop.mgn(
                        "train",
                        "--data",
                        "@crops",
                        "--format",
                        "market1501",
                        "--init",
                        "@start.safetensors",
                        "--out",
                        "@parity",
                        "--p",
                        "" + P,
                        "--k",
                        "" + K,
                        "--augment",
                        "none",
                        "--lr",
                        wanted.get("rate").getAsString(),
                        "--iterations",
                        "1")
                .ok();

        String[] row =
                Files.readAllLines(workshop.path("parity/log.csv")).get(1).split(",", -1);
        Map<String, JsonElement> terms =
                wanted.getAsJsonArray("losses").get(0).getAsJsonObject().asMap();
        double softmax = mean(terms, "softmax/");
        double triplet = mean(terms, "triplet/");
        assertThat(Double.parseDouble(row[2])).isCloseTo(softmax + triplet, within(1e-4));
        assertThat(Double.parseDouble(row[3])).isCloseTo(softmax, within(1e-4));
        assertThat(Double.parseDouble(row[4])).isCloseTo(triplet, within(1e-4));

        Weights trained =
                ModelFile.load(workshop.path("parity/model.safetensors")).weights();
        JsonObject weights = wanted.getAsJsonObject("weights").getAsJsonObject("1");
        List<Parameter> parameters = NetworkSummary.of(spec).parameters();
        assertThat(weights.keySet()).hasSize(parameters.size());
        for (Parameter p : parameters) {
            JsonArray summary = weights.getAsJsonArray(p.name());
            float[] values = trained.get(p.name()).toArray();
            double squares = 0;
            for (float value : values) {
                squares += (double) value * value;
            }
            double norm = summary.get(0).getAsDouble();
            double allowed = 1e-4 * Math.max(1e-2, norm);
            assertThat(Math.sqrt(squares)).as(p.name()).isCloseTo(norm, within(allowed));
            for (int i = 0; i < 4; i++) {
                assertThat((double) values[(int) (i * (values.length - 1L) / 3)])
                        .as(p.name() + ", entry " + i)
                        .isCloseTo(summary.get(i + 1).getAsDouble(), within(allowed));
            }
        }
    }

    private static double mean(Map<String, JsonElement> terms, String kind) {
        return terms.entrySet().stream()
                .filter(term -> term.getKey().startsWith(kind))
                .mapToDouble(term -> term.getValue().getAsDouble())
                .average()
                .orElseThrow();
    }

    /** The formula's pixels as lossless files of the network's own size. */
    private void writeImages(int height, int width) throws IOException {
        byte[] pixels = ReferenceWeights.pixels(P * K, height, width);
        Path train = Files.createDirectories(folder.resolve("crops/bounding_box_train"));
        int plane = height * width;
        for (int n = 0; n < P * K; n++) {
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < plane; i++) {
                int red = pixels[n * 3 * plane + i] & 0xff;
                int green = pixels[(n * 3 + 1) * plane + i] & 0xff;
                int blue = pixels[(n * 3 + 2) * plane + i] & 0xff;
                image.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
            }
            String name = "%04d_c%ds1_%06d_00.png".formatted(1 + n / K, 1 + n % K, n);
            ImageIO.write(image, "png", train.resolve(name).toFile());
        }
    }
}
