package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxInput;
import io.github.mgn4j.onnx.OnnxOptions;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write the feature network as an ONNX file (opset 17), without flip averaging.")
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(names = "--onnx", required = true, paramLabel = "FILE", description = "ONNX file to write.")
    private Path onnx = Path.of("");

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "fp32",
            description =
                    "fp32; fp16: half precision with float32 input and output; int8: 8 bits, for a calibrated model or with"
                            + " --calibrate"
                            + " (default: ${DEFAULT-VALUE}).")
    private Precision precision = Precision.FP32;

    @Option(
            names = "--calibrate",
            paramLabel = "DIR",
            description = "With int8: calibrate on images of this folder, as the command calibrate does; at most "
                    + Calibration.ENOUGH_IMAGES + " of them, evenly spread.")
    private @Nullable Path calibrate;

    @Option(
            names = "--symmetric",
            description =
                    "With int8: signed maps around 0, as TensorRT requires. Without it, ONNX Runtime is several times"
                            + " faster on CPUs.")
    private boolean symmetric;

    @Option(
            names = "--preprocess",
            description = "Take uint8 pixels 0..255 of the resized image; the network normalises them itself.")
    private boolean preprocess;

    @Mixin
    private OutputOptions output;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (precision != Precision.INT8 && calibrate != null) {
            throw new IllegalArgumentException("--calibrate is for --precision int8");
        }
        if (precision != Precision.INT8 && symmetric) {
            throw new IllegalArgumentException("--symmetric is for --precision int8");
        }
        OnnxOptions options = OnnxOptions.DEFAULT
                .withPrecision(precision)
                .withSymmetric(symmetric)
                .withInput(preprocess ? OnnxInput.PIXELS : OnnxInput.NORMALISED);
        output.check(onnx);
        Model loaded = ModelFile.load(model);
        if (calibrate != null) {
            List<Path> images = Calibration.images(calibrate, Calibration.ENOUGH_IMAGES);
            loaded = CalibrateCommand.calibrate(loaded, images, terminal);
        } else if (precision == Precision.INT8 && loaded.ranges() == null) {
            throw new IllegalArgumentException(
                    model
                            + ": int8 needs a calibrated model: --calibrate DIR calibrates it, 'mgn calibrate' makes one that is");
        }
        OnnxExporter.export(loaded, options, onnx);
        MgnSpec spec = loaded.spec();
        terminal.say("%s: images %s [N,3,%d,%d], %s -> features float32 [N,%d]"
                .formatted(
                        onnx,
                        preprocess ? "uint8" : "float32",
                        spec.input().height(),
                        spec.input().width(),
                        preprocess ? "pixels 0..255" : "normalised",
                        spec.featureLength()));
        return 0;
    }
}
