package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Mixin
    private ExtractorOptions options = new ExtractorOptions();

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    @Mixin
    private OutputOptions output;

    ExtractCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (!out.toString().endsWith(".npy")) {
            throw new IllegalArgumentException(out + ": expected a name that ends in .npy");
        }
        output.check(out, FeatureTable.beside(out));
        List<Path> files = ImageFiles.list(images);
        Model loaded = ModelFile.load(model);
        List<String> skipped = new ArrayList<>();
        try (FeatureExtractor extractor = options.open(loaded, devices)) {
            CancelOnSignal.run(() -> write(extractor, files, skipped));
            skipped.forEach(terminal::say);
            sayTooLong(files);
            terminal.say("%d images, %d dims, engine %s -> %s%s"
                    .formatted(
                            files.size() - skipped.size(),
                            extractor.dims(),
                            extractor.engineName(),
                            out,
                            skipped.isEmpty() ? "" : " (" + skipped.size() + " skipped)"));
        }
        return 0;
    }

    private void write(FeatureExtractor extractor, List<Path> files, List<String> skipped) throws IOException {
        try (Progress progress = terminal.progress("images")) {
            ExtractionListener listener = listener(progress, skipped);
            FeatureSet.writeRows(out, extractor.dims(), sink -> {
                extractor.extract(
                        files,
                        options.onError(),
                        listener,
                        (image, features) -> sink.append(FeatureTable.Entry.of(images, image), features));
                if (skipped.size() == files.size()) {
                    throw new IllegalArgumentException(images + ": none of its images can be read");
                }
            });
        }
    }

    /** Returns a listener that shows the progress and collects what is skipped. */
    static ExtractionListener listener(Progress progress, List<String> skipped) {
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
}
