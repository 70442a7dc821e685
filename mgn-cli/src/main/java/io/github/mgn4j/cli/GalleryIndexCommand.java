package io.github.mgn4j.cli;

import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryStats;
import io.github.mgn4j.gallery.IndexOptions;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "index",
        mixinStandardHelpOptions = true,
        description = "Build an approximate index, for galleries of a hundred thousand entries and more: searches find"
                + " candidates by it, and compare these exactly.")
final class GalleryIndexCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    GalleryIndexCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (Gallery gallery = Gallery.openForWriting(folder)) {
            gallery.buildIndex(IndexOptions.of(gallery.dims()));
            terminal.say(text(folder, gallery.stats()));
        }
        return 0;
    }

    static String text(Path folder, GalleryStats stats) {
        return String.format(
                Locale.ROOT,
                "%s: %d entries indexed, recall of the ten nearest %.3f",
                FileNames.text(folder),
                stats.indexed(),
                stats.recall());
    }
}
