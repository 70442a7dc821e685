package io.github.mgn4j.cli;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = "Find the nearest entries or people of a gallery for features or images.")
final class GallerySearchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    @ArgGroup(multiplicity = "1")
    private FeatureSource source = new FeatureSource();

    @Option(
            names = "--gallery-images",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "With --html: folder that the entries' paths are relative to (default: this one).")
    private Path entriesIn = Path.of(".");

    @Option(
            names = "--query-images",
            paramLabel = "DIR",
            defaultValue = ".",
            description =
                    "With --html and --features: folder that the queries' paths are relative to (default: this one).")
    private Path queriesIn = Path.of(".");

    @Mixin
    private HitOptions hits;

    @Mixin
    private ExtractorOptions options = new ExtractorOptions();

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    GallerySearchCommand(Terminal terminal) {
        this.terminal = terminal;
        hits = new HitOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        Model model = source.model();
        hits.check(model);
        try (Gallery gallery = Gallery.open(folder)) {
            FeatureSet queries =
                    source.file() != null ? source.read(false) : extract(Objects.requireNonNull(model), gallery);
            checkDims(gallery, queries.features().dims(), "--features");
            hits.run(gallery, queries, model, model == null || options.flip(model), entriesIn, queriesIn());
        }
        return 0;
    }

    private void checkDims(Gallery gallery, int dims, String what) {
        if (dims != gallery.dims()) {
            throw new IllegalArgumentException("%s has %d dims, the gallery %s has %d"
                    .formatted(what, dims, FileNames.text(folder), gallery.dims()));
        }
    }

    private FeatureSet extract(Model model, Gallery gallery) throws IOException {
        Path images = Objects.requireNonNull(source.path());
        FeatureSource.list(images); // fails before an engine is opened
        checkDims(gallery, model.spec().featureLength(), "--model");
        try (FeatureExtractor extractor = options.open(model, devices)) {
            return FeatureSource.extractAll(extractor, images, options, terminal);
        }
    }

    private Path queriesIn() {
        @Nullable Path images = source.path();
        return images == null ? queriesIn : Files.isDirectory(images) ? images : Path.of("");
    }
}
