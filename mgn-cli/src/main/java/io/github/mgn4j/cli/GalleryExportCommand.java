package io.github.mgn4j.cli;

import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryNdjson;
import java.io.IOException;
import java.nio.file.Path;
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
                "Write a gallery's entries to files that other programs read, and add reads back. A gallery of the"
                        + " cosine metric holds features at unit length.")
final class GalleryExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Mixin
    private OutputOptions output;

    GalleryExportCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    /** One of the formats. */
    static final class Target {
        @Option(
                names = "--features",
                paramLabel = "F.npy",
                description = "NumPy file, with F.csv beside it; without times.")
        private @Nullable Path npy;

        @Option(
                names = "--ndjson",
                paramLabel = "FILE",
                description = "Lines of JSON with path, pid, camid, time and feature.")
        private @Nullable Path ndjson;
    }

    @Override
    public Integer call() throws IOException {
        Path npy = target.npy;
        if (npy != null && !npy.toString().endsWith(".npy")) {
            throw new IllegalArgumentException("--features " + npy + ": expected a name that ends in .npy");
        }
        output.check(npy == null ? target.ndjson : npy, npy == null ? null : FeatureTable.beside(npy));
        try (Gallery gallery = Gallery.open(folder)) {
            if (npy == null) {
                GalleryNdjson.write(Objects.requireNonNull(target.ndjson), gallery);
            } else {
                FeatureSet.writeRows(
                        npy,
                        gallery.dims(),
                        sink -> gallery.forEach((entry, feature) -> sink.append(
                                new FeatureTable.Entry(entry.path(), entry.pid(), entry.camid()), feature)));
            }
            terminal.say("%d entries -> %s".formatted(gallery.size(), npy == null ? target.ndjson : npy));
        }
        return 0;
    }
}
