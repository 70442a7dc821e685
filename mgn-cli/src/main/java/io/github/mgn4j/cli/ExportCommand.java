package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ImportLayout;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.PyTorchExporter;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxInput;
import io.github.mgn4j.onnx.OnnxOptions;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Write the feature network as an ONNX file (opset 17), without flip averaging, or the weights for PyTorch.")
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

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

    /** One of the formats. */
    static final class Target {
        @Option(names = "--onnx", paramLabel = "FILE", description = "ONNX file to write.")
        private @Nullable Path onnx;

        @Option(
                names = "--pytorch",
                paramLabel = "FILE",
                description =
                        "State dict to write (.pth, .pt or .safetensors), for torch.load(weights_only=True): an MGN with"
                                + " the names of MGN-pytorch, a plain ResNet with one branch with torchvision's. It includes the"
                                + " classifiers.")
        private @Nullable Path pytorch;
    }

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (target.pytorch != null) {
            exportPyTorch(target.pytorch);
        } else {
            exportOnnx(Objects.requireNonNull(target.onnx));
        }
        return 0;
    }

    private void exportPyTorch(Path file) throws IOException {
        if (precision != Precision.FP32 || symmetric || preprocess || calibrate != null) {
            throw new IllegalArgumentException(
                    "--pytorch writes the weights in float32: --precision, --calibrate, --symmetric and --preprocess are"
                            + " for --onnx");
        }
        output.check(file);
        Model loaded = ModelFile.load(model);
        ImportLayout layout;
        try {
            layout = PyTorchExporter.export(loaded, file);
        } catch (WeightsException e) {
            throw new WeightsException(model + ": " + e.getMessage(), e);
        }
        MgnSpec spec = loaded.spec();
        terminal.say("%s: state dict in the naming %s; not in it: %s pooling, input %dx%d (height x width)"
                .formatted(
                        file,
                        layout.label(),
                        spec.pooling().name().toLowerCase(Locale.ROOT),
                        spec.input().height(),
                        spec.input().width()));
    }

    private void exportOnnx(Path onnx) throws IOException {
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
    }
}
