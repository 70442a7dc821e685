package io.github.mgn4j.cli;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.gallery.GalleryException;
import io.github.mgn4j.gallery.GalleryNdjson;
import io.github.mgn4j.gallery.IndexPolicy;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        name = "add",
        mixinStandardHelpOptions = true,
        description =
                "Add entries to a gallery, which is created if it is missing. An entry's key is its path: adding it"
                        + " again replaces it. All entries are added or none; they are safe on disk when the command ends.")
final class GalleryAddCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--metric",
            paramLabel = "euclidean|cosine",
            description = "Distance metric of a new gallery (default: euclidean).")
    private @Nullable DistanceMetric metric;

    @Option(
            names = "--index",
            description = "Also build the approximate index if the gallery is large enough for one and has none, or has"
                    + " grown by a twentieth since. Takes minutes to an hour.")
    private boolean index;

    @Mixin
    private ExtractorOptions options = new ExtractorOptions();

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    GalleryAddCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A feature file, images, or lines of JSON. */
    static final class Source {
        @ArgGroup(multiplicity = "1")
        private @Nullable FeatureSource features;

        @Option(
                names = "--ndjson",
                paramLabel = "FILE",
                description = "Lines of JSON with path, pid, camid, time and feature, as export writes them.")
        private @Nullable Path ndjson;
    }

    @Override
    public Integer call() throws IOException {
        FeatureSource features = source.features;
        if (features == null) {
            addLines(Objects.requireNonNull(source.ndjson));
        } else if (features.file() != null) {
            addFile(features);
        } else {
            addImages(features);
        }
        return 0;
    }

    private Gallery open(int dims, String what) throws IOException {
        if (!Gallery.exists(folder)) {
            return Gallery.openOrCreate(folder, dims, metric == null ? DistanceMetric.EUCLIDEAN : metric);
        }
        Gallery gallery = Gallery.openForWriting(folder);
        try {
            if (gallery.dims() != dims) {
                throw new IllegalArgumentException("%s has %d dims, the gallery %s has %d"
                        .formatted(what, dims, FileNames.text(folder), gallery.dims()));
            }
            if (metric != null && metric != gallery.metric()) {
                throw new IllegalArgumentException("--metric is %s, the gallery %s was made with %s"
                        .formatted(name(metric), FileNames.text(folder), name(gallery.metric())));
            }
            return gallery;
        } catch (IllegalArgumentException e) {
            gallery.close();
            throw e;
        }
    }

    static String name(DistanceMetric metric) {
        return metric.name().toLowerCase(Locale.ROOT);
    }

    private void addFile(FeatureSource features) throws IOException {
        FeatureSet set = features.read(true);
        List<GalleryEntry> entries = new ArrayList<>();
        for (int row = 0; row < set.table().size(); row++) {
            try {
                entries.add(GalleryEntry.of(set.table().entries().get(row)));
            } catch (GalleryException e) {
                throw new IllegalArgumentException("--features: row " + row + ": " + e.getMessage(), e);
            }
        }
        try (Gallery gallery = open(set.features().dims(), "--features")) {
            int before = gallery.size();
            gallery.addAll(entries, set.features());
            commit(gallery, entries.size(), before);
        }
    }

    private void addImages(FeatureSource features) throws IOException {
        Path path = Objects.requireNonNull(features.path());
        List<Path> files = FeatureSource.list(path);
        Model model = Objects.requireNonNull(features.model());
        try (FeatureExtractor extractor = options.open(model, devices);
                Gallery gallery = open(extractor.dims(), "--model")) {
            int before = gallery.size();
            int[] count = {0};
            FeatureSource.extract(extractor, files, options, terminal, (image, feature) -> {
                gallery.add(GalleryEntry.of(FeatureSource.entry(path, image)), feature);
                count[0]++;
            });
            commit(gallery, count[0], before);
        }
    }

    private void addLines(Path file) throws IOException {
        // The first line says how long features are; a second pass adds them.
        int[] dims = {0};
        int[] count = {0};
        GalleryNdjson.read(file, (entry, feature) -> {
            dims[0] = count[0]++ == 0 ? feature.length : dims[0];
            if (feature.length != dims[0] || dims[0] == 0) {
                throw new IllegalArgumentException("--ndjson: the feature of '%s' has %d values, expected %s"
                        .formatted(entry.path(), feature.length, dims[0] == 0 ? "at least 1" : dims[0]));
            }
        });
        if (count[0] == 0) {
            throw new IllegalArgumentException("--ndjson: " + FileNames.text(file) + " has no entry");
        }
        try (Gallery gallery = open(dims[0], "--ndjson")) {
            int before = gallery.size();
            GalleryNdjson.read(
                    file,
                    (entry, feature) -> gallery.addAll(List.of(entry), FeatureMatrix.of(feature, 1, feature.length)));
            commit(gallery, count[0], before);
        }
    }

    private void commit(Gallery gallery, int added, int before) throws IOException {
        gallery.commit();
        int replaced = before + added - gallery.size();
        terminal.say("%d entries added%s, %d in %s"
                .formatted(
                        added,
                        replaced == 0 ? "" : " (" + replaced + " of them in the place of others)",
                        gallery.size(),
                        FileNames.text(folder)));
        if (index && gallery.buildIndexIfDue(IndexPolicy.of(gallery.dims()))) {
            terminal.say(GalleryIndexCommand.text(folder, gallery.stats()));
        }
    }
}
