package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.NpyFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quantize}, and what the other commands do with {@code --engine} and {@code --precision}. */
class QuantizeCommandTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @Test
    void aCalibratedModelExtractsInInt8() throws IOException {
        Workshop.Call refused = extract("model", "int8", "refused");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err().lines()).singleElement().asString().contains("mgn quantize");

        workshop.mgn(
                        "quantize",
                        "--model",
                        "@model.safetensors",
                        "--images",
                        "@data/bounding_box_train",
                        "--limit",
                        "6",
                        "--out",
                        "@model8.safetensors")
                .ok();
        assertThat(workshop.path("model8.safetensors")).exists();
        extract("model8", "fp32", "full").ok();
        extract("model8", "bf16", "half").ok();
        extract("model8", "int8", "quarter").ok();
        FeatureMatrix full = NpyFile.read(workshop.path("full.npy"));
        assertThat(worstCosine(NpyFile.read(workshop.path("half.npy")), full)).isGreaterThan(0.999);
        assertThat(worstCosine(NpyFile.read(workshop.path("quarter.npy")), full))
                .isGreaterThan(0.99);

        assertThat(workshop.mgn(
                                "quantize",
                                "--model",
                                "@model.safetensors",
                                "--images",
                                "@data",
                                "--limit",
                                "0",
                                "--out",
                                "@no.safetensors")
                        .status())
                .isEqualTo(2);
        assertThat(workshop.path("no.safetensors")).doesNotExist();
    }

    @Test
    void benchComparesWhatThereIs() {
        Workshop.Call call = workshop.mgn("bench", "--model", "@model.safetensors", "--seconds", "0.05", "--batch", "1")
                .ok();
        JsonObject json = JsonParser.parseString(call.out()).getAsJsonObject();
        assertThat(json.get("engine").getAsString()).isEqualTo("onednn");
        assertThat(call.err()).contains("samediff", "onednn", "1.00x", "mgn quantize");
    }

    private static Workshop.Call extract(String model, String precision, String out) {
        return workshop.mgn(
                "extract",
                "--engine",
                "onednn",
                "--precision",
                precision,
                "--model",
                "@" + model + ".safetensors",
                "--images",
                "@data/query",
                "--out",
                "@" + out + ".npy");
    }

    private static double worstCosine(FeatureMatrix found, FeatureMatrix expected) {
        double worst = 1;
        for (int r = 0; r < expected.rows(); r++) {
            float[] a = found.row(r);
            float[] b = expected.row(r);
            double product = 0;
            double squaresA = 0;
            double squaresB = 0;
            for (int i = 0; i < a.length; i++) {
                product += (double) a[i] * b[i];
                squaresA += (double) a[i] * a[i];
                squaresB += (double) b[i] * b[i];
            }
            worst = Math.min(worst, product / Math.sqrt(squaresA * squaresB));
        }
        return worst;
    }
}
