package io.github.mgn4j.cli;

import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Remove entries from a gallery. Their features stay in its files until compact rewrites them.")
final class GalleryRemoveCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    GalleryRemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The entries of a person, or one entry. */
    static final class Which {
        @Option(names = "--pid", paramLabel = "N", description = "Remove all entries of a person.")
        private @Nullable Integer pid;

        @Option(names = "--path", paramLabel = "P", description = "Remove the entry of a path.")
        private @Nullable String path;
    }

    @Override
    public Integer call() throws IOException {
        try (Gallery gallery = Gallery.openForWriting(folder)) {
            int count = which.path == null
                    ? gallery.removeIf(entry -> Objects.equals(entry.pid(), which.pid))
                    : gallery.remove(which.path) ? 1 : 0;
            gallery.commit();
            terminal.say("%d entries removed, %d left in %s".formatted(count, gallery.size(), FileNames.text(folder)));
        }
        return 0;
    }
}
