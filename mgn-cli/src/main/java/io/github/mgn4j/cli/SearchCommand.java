package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = "Find the nearest images or people in a folder of images, without keeping a gallery.")
final class SearchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(names = "--images", required = true, paramLabel = "DIR", description = "Folder of images to search.")
    private Path images = Path.of("");

    @Parameters(index = "0", paramLabel = "QUERY", description = "Image to search for, or a folder of images.")
    private Path query = Path.of("");

    @Option(
            names = "--metric",
            paramLabel = "euclidean|cosine",
            defaultValue = "euclidean",
            description = "Distance metric (default: ${DEFAULT-VALUE}).")
    private DistanceMetric metric = DistanceMetric.EUCLIDEAN;

    @Mixin
    private HitOptions hits;

    @Mixin
    private ExtractorOptions options = new ExtractorOptions();

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    SearchCommand(Terminal terminal) {
        this.terminal = terminal;
        hits = new HitOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        FeatureSource.list(query);
        FeatureSource.list(images);
        Model loaded = ModelFile.load(model);
        hits.check(loaded);
        try (FeatureExtractor extractor = options.open(loaded, devices);
                Gallery gallery = Gallery.inMemory(extractor.dims(), metric)) {
            FeatureSet queries = FeatureSource.extractAll(extractor, query, options, terminal);
            FeatureSource.extract(
                    extractor,
                    FeatureSource.list(images),
                    options,
                    terminal,
                    (image, feature) -> gallery.add(GalleryEntry.of(FeatureSource.entry(images, image)), feature));
            gallery.commit();
            hits.run(
                    gallery,
                    queries,
                    loaded,
                    options.flip(loaded),
                    Files.isDirectory(images) ? images : Path.of(""),
                    Files.isDirectory(query) ? query : Path.of(""));
        }
        return 0;
    }
}
