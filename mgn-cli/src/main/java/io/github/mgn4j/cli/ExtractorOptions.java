package io.github.mgn4j.cli;

import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.FeatureExtractorBuilder;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of feature extraction. */
final class ExtractorOptions {
    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = Engines.AUTO,
            description =
                    "auto, cudnn, samediff, onednn, onnx, onnx-cuda or onnx-tensorrt (default: ${DEFAULT-VALUE}).")
    private String engine = Engines.AUTO;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "fp32",
            description =
                    "fp32, tf32, fp16, bf16, fp8 or int8; each engine supports some of them (default: ${DEFAULT-VALUE}).")
    private Precision precision = Precision.FP32;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Images per call of the engine (default: ${DEFAULT-VALUE}).")
    private int batch = 16;

    @Option(
            names = "--no-flip",
            description = "Do not average over the image and its mirror, whatever the model's default is.")
    private boolean noFlip;

    @Option(
            names = "--on-error",
            paramLabel = "fail|skip",
            defaultValue = "fail",
            description = "Action for an image that cannot be read (default: ${DEFAULT-VALUE}).")
    private OnError onError = OnError.FAIL;

    @Option(
            names = "--resize",
            paramLabel = "bilinear|bicubic",
            description = "Filter for resizing (default: the model's own, bilinear but for some imported models).")
    private @Nullable Resampling resize;

    OnError onError() {
        return onError;
    }

    /** Returns whether features are means over an image and its mirror. */
    boolean flip(Model model) {
        return model.preprocessing().flip() && !noFlip;
    }

    FeatureExtractor open(Model model, DeviceOptions devices) throws IOException {
        FeatureExtractorBuilder builder = FeatureExtractor.builder(model)
                .engine(engine)
                .precision(precision)
                .devices(devices.array())
                .batch(batch)
                .flip(flip(model));
        if (resize != null) {
            builder.resampling(resize);
        }
        return builder.build();
    }
}
