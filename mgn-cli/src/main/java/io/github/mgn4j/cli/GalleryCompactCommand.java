package io.github.mgn4j.cli;

import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "compact",
        mixinStandardHelpOptions = true,
        description =
                "Rewrite a gallery's files without the features of removed entries. Needs room for the rest once more.")
final class GalleryCompactCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    GalleryCompactCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (Gallery gallery = Gallery.openForWriting(folder)) {
            long before = gallery.stats().bytes();
            gallery.compact();
            terminal.say("%s: %d bytes, %d before"
                    .formatted(FileNames.text(folder), gallery.stats().bytes(), before));
        }
        return 0;
    }
}
