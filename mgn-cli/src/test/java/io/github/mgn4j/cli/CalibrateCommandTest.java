package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.NpyFile;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.onnx.OnnxDevice;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxSessions;
import io.github.mgn4j.onnx.OnnxSettings;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code calibrate}, and what the other commands do with {@code --engine} and {@code --precision}. */
class CalibrateCommandTest {
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
        assertThat(refused.err().lines()).singleElement().asString().contains("mgn calibrate");

        workshop.mgn(
                        "calibrate",
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
                                "calibrate",
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
    void anOnnxFileInInt8HasTheRangesOfTheModel() throws Exception {
        String images = "@data/bounding_box_train";
        workshop.mgn("calibrate", "--model", "@model.safetensors", "--images", images, "--out", "@stored.safetensors")
                .ok();
        workshop.mgn("quantize", "--model", "@model.safetensors", "--images", images, "--out", "@alias.safetensors")
                .ok();
        assertThat(workshop.path("alias.safetensors")).hasSameBinaryContentAs(workshop.path("stored.safetensors"));
        assertThat(workshop.mgn("--help").ok().out()).contains("calibrate").doesNotContain("quantize");
        workshop.mgn("export", "--model", "@stored.safetensors", "--onnx", "@stored.onnx", "--precision", "int8")
                .ok();
        workshop.mgn(
                        "export",
                        "--model",
                        "@model.safetensors",
                        "--onnx",
                        "@made.onnx",
                        "--precision",
                        "int8",
                        "--calibrate",
                        images)
                .ok();
        assertThat(workshop.path("made.onnx")).hasSameBinaryContentAs(workshop.path("stored.onnx"));

        workshop.mgn(
                        "extract",
                        "--no-flip",
                        "--model",
                        "@model.safetensors",
                        "--images",
                        "@data/query",
                        "--out",
                        "@exact.npy")
                .ok();
        FeatureMatrix exact = NpyFile.read(workshop.path("exact.npy"));
        FeatureMatrix found = runOnnx(workshop.path("stored.onnx"), ImageFiles.list(workshop.path("data/query")));
        assertThat(found.rows()).isEqualTo(exact.rows());
        assertThat(worstCosine(found, exact)).isBetween(0.99, 0.999999);

        workshop.mgn(
                        "export",
                        "--model",
                        "@stored.safetensors",
                        "--onnx",
                        "@symmetric.onnx",
                        "--precision",
                        "int8",
                        "--symmetric")
                .ok();
        FeatureMatrix signed = runOnnx(workshop.path("symmetric.onnx"), ImageFiles.list(workshop.path("data/query")));
        assertThat(worstCosine(signed, exact)).isBetween(0.99, 0.999999);
        assertThat(worstCosine(signed, found)).isLessThan(0.999999);
    }

    private static FeatureMatrix runOnnx(Path file, List<Path> images) throws Exception {
        Preprocessor preprocessor = new Preprocessor(Workshop.SPEC.input(), Resampling.BILINEAR);
        FloatBuffer input = FloatBuffer.allocate(images.size() * preprocessor.length());
        for (int i = 0; i < images.size(); i++) {
            preprocessor.write(
                    ImageDecoder.decode(images.get(i)), false, Layout.NCHW, input, i * preprocessor.length());
        }
        long[] shape = {
            images.size(),
            3,
            Workshop.SPEC.input().height(),
            Workshop.SPEC.input().width()
        };
        try (OrtSession session = OnnxSessions.open(
                        file, Precision.INT8, OnnxSettings.of(OnnxDevice.CPU).withThreads(1));
                OnnxTensor tensor = OnnxTensor.createTensor(OnnxSessions.environment(), input, shape);
                OrtSession.Result result = session.run(Map.of(OnnxExporter.IMAGES, tensor))) {
            float[] values = new float[images.size() * Workshop.SPEC.featureLength()];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(values);
            return FeatureMatrix.of(values, images.size(), Workshop.SPEC.featureLength());
        }
    }

    @Test
    void benchComparesWhatThereIs() {
        Workshop.Call call = workshop.mgn("bench", "--model", "@model.safetensors", "--seconds", "0.05", "--batch", "1")
                .ok();
        JsonObject json = JsonParser.parseString(call.out()).getAsJsonObject();
        assertThat(json.get("engine").getAsString()).isEqualTo("onednn");
        assertThat(call.err()).contains("samediff", "onednn", "1.00x", "mgn calibrate");
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
