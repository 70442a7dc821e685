package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.FeatureSink;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.features.NpyFile;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where features come from: a feature file, or images and the model that sees them. */
final class FeatureSource {
    @Option(
            names = "--features",
            paramLabel = "F.npy",
            description = "Feature file, with F.csv beside it, as extract writes them.")
    private @Nullable Path features;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private @Nullable Images images;

    /** A model and its images. */
    static final class Images {
        @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
        private Path model = Path.of("");

        @Option(
                names = "--images",
                required = true,
                paramLabel = "PATH",
                description = "Image file, or folder of images; entries have their paths relative to it.")
        private Path images = Path.of("");
    }

    /** Returns the feature file; null if the features come from images. */
    @Nullable
    Path file() {
        return features;
    }

    /** Returns the file or folder of images; null if the features come from a file. */
    @Nullable
    Path path() {
        return images == null ? null : images.images;
    }

    /** Returns the model; null if the features come from a file. */
    @Nullable
    Model model() throws IOException {
        return images == null ? null : ModelFile.load(images.model);
    }

    /**
     * Reads the feature file.
     *
     * @param tableNeeded whether a missing table is an error; otherwise entries are named by their row
     */
    FeatureSet read(boolean tableNeeded) throws IOException {
        Path npy = Objects.requireNonNull(features);
        if (tableNeeded || Files.exists(FeatureTable.beside(npy))) {
            return FeatureSet.read(npy);
        }
        FeatureMatrix matrix = NpyFile.read(npy);
        List<FeatureTable.Entry> rows = new ArrayList<>();
        for (int row = 0; row < matrix.rows(); row++) {
            rows.add(new FeatureTable.Entry(String.valueOf(row), null, null));
        }
        return new FeatureSet(matrix, new FeatureTable(rows));
    }

    /** Checks the images and lists them. */
    static List<Path> list(Path path) throws IOException {
        return Files.isRegularFile(path) ? List.of(path) : ImageFiles.list(path);
    }

    /** Returns the entry of an image: relative to the folder, or as it was passed. */
    static FeatureTable.Entry entry(Path path, Path image) {
        if (!path.equals(image)) {
            return FeatureTable.Entry.of(path, image);
        }
        Path folder = image.toAbsolutePath().getParent();
        FeatureTable.Entry named = FeatureTable.Entry.of(Objects.requireNonNull(folder), image.toAbsolutePath());
        return new FeatureTable.Entry(FileNames.text(image), named.pid(), named.camid());
    }

    /** Extracts the features of images one after the other, with a progress. */
    static void extract(
            FeatureExtractor extractor, List<Path> files, ExtractorOptions options, Terminal terminal, FeatureSink sink)
            throws IOException {
        List<String> skipped = new ArrayList<>();
        CancelOnSignal.run(() -> {
            try (Progress progress = terminal.progress("images")) {
                ExtractionListener listener = ExtractCommand.listener(progress, skipped);
                extractor.extract(files, options.onError(), listener, sink);
            }
        });
        skipped.forEach(terminal::say);
        if (skipped.size() == files.size()) {
            throw new IllegalArgumentException(
                    FileNames.text(files.get(0)) + ": none of the images can be read, this one and others");
        }
    }

    /** Extracts the features of images at once. */
    static FeatureSet extractAll(FeatureExtractor extractor, Path path, ExtractorOptions options, Terminal terminal)
            throws IOException {
        List<float[]> rows = new ArrayList<>();
        List<FeatureTable.Entry> entries = new ArrayList<>();
        extract(extractor, list(path), options, terminal, (image, feature) -> {
            rows.add(feature.clone());
            entries.add(entry(path, image));
        });
        return new FeatureSet(FeatureMatrix.ofRows(rows.toArray(float[][]::new)), new FeatureTable(entries));
    }
}
