package io.github.mgn4j.cli;

import io.github.mgn4j.data.MarketName;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.OnError;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.features.NpyFile;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.io.FileNames;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "extract",
        mixinStandardHelpOptions = true,
        description = "Write the features of every image under a folder, sorted by relative path.")
final class ExtractCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(names = "--images", required = true, paramLabel = "DIR", description = "Folder of images.")
    private Path images = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.npy",
            description = "Feature file; F.csv is written beside it.")
    private Path out = Path.of("");

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = Engines.AUTO,
            description = "auto, samediff, onednn, onnx, onnx-cuda or onnx-tensorrt (default: ${DEFAULT-VALUE}).")
    private String engine = Engines.AUTO;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "fp32",
            description = "fp32, fp16, bf16 or int8 (default: ${DEFAULT-VALUE}).")
    private Precision precision = Precision.FP32;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Images per call of the engine (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--no-flip", description = "Do not average over the image and its mirror.")
    private boolean noFlip;

    @Option(
            names = "--on-error",
            paramLabel = "fail|skip",
            defaultValue = "fail",
            description = "What to do about an image that cannot be read (default: ${DEFAULT-VALUE}).")
    private OnError onError = OnError.FAIL;

    @Option(
            names = "--resize",
            paramLabel = "bilinear|bicubic",
            defaultValue = "bilinear",
            description = "Filter of the resize (default: ${DEFAULT-VALUE}).")
    private Resampling resize = Resampling.BILINEAR;

    @Mixin
    private OutputOptions output = new OutputOptions();

    ExtractCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!out.toString().endsWith(".npy")) {
            throw new IllegalArgumentException(out + ": expected a name that ends in .npy");
        }
        output.check(out, FeatureTable.beside(out));
        List<Path> files = ImageFiles.list(images);
        Model loaded = ModelFile.load(model);
        List<FeatureTable.Entry> entries = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        try (FeatureExtractor extractor = FeatureExtractor.builder(loaded)
                .engine(engine)
                .precision(precision)
                .batch(batch)
                .flip(!noFlip)
                .resampling(resize)
                .build()) {
            CancelOnSignal.run(() -> write(extractor, files, entries, skipped));
            skipped.forEach(terminal::say);
            sayTooLong(files);
            terminal.say("%d images, %d dims, engine %s -> %s%s"
                    .formatted(
                            entries.size(),
                            extractor.dims(),
                            extractor.engineName(),
                            out,
                            skipped.isEmpty() ? "" : " (" + skipped.size() + " skipped)"));
        }
        return 0;
    }

    private void write(
            FeatureExtractor extractor, List<Path> files, List<FeatureTable.Entry> entries, List<String> skipped)
            throws IOException {
        try (Progress progress = terminal.progress("images")) {
            ExtractionListener listener = listener(progress, skipped);
            NpyFile.writeRows(out, extractor.dims(), sink -> {
                extractor.extract(files, onError, listener, (image, features) -> {
                    sink.append(features);
                    entries.add(entry(image));
                });
                if (entries.isEmpty()) {
                    throw new IllegalArgumentException(images + ": none of its images can be read");
                }
                new FeatureTable(entries).write(FeatureTable.beside(out));
            });
        }
    }

    private static ExtractionListener listener(Progress progress, List<String> skipped) {
        return new ExtractionListener() {
            @Override
            public void progress(int done, int total) {
                progress.update(done, total);
            }

            @Override
            public void skipped(Path image, Exception reason) {
                skipped.add("skipped: " + Failures.sentence(reason));
            }
        };
    }

    private void sayTooLong(List<Path> files) {
        List<Path> tooLong = files.stream()
                .filter(file -> MarketName.isTooLong(FileNames.text(file.getFileName())))
                .toList();
        if (!tooLong.isEmpty()) {
            terminal.say(
                    tooLong.size() + " images have no pid and camid in the table: their numbers have more than nine"
                            + " digits, as in " + FileNames.text(tooLong.get(0)));
        }
    }

    private FeatureTable.Entry entry(Path image) {
        Optional<MarketName> name = MarketName.parse(FileNames.text(image.getFileName()));
        return new FeatureTable.Entry(
                FileNames.relative(images, image),
                name.map(MarketName::pid).orElse(null),
                name.map(MarketName::camid).orElse(null));
    }
}
