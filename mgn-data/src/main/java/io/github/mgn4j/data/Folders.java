package io.github.mgn4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Lists image files and folders, leaving out the litter of real downloads (hidden files, Thumbs.db, notes). */
final class Folders {
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "bmp");

    private Folders() {}

    static boolean isImage(Path file) {
        String name = fileName(file);
        int dot = name.lastIndexOf('.');
        return dot > 0
                && !name.startsWith(".")
                && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** Images directly in a folder, by name. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Folders::isImage)
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Folders::fileName))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Images in a folder and the folders below it, by relative path. */
    static List<Path> under(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            return entries.filter(Folders::isImage)
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Folders directly in a folder, by name. */
    static List<Path> folders(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> !fileName(path).startsWith("."))
                    .filter(Files::isDirectory)
                    .sorted(Comparator.comparing(Folders::fileName))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static String fileName(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    static void requireFolder(Path folder, String what) {
        DatasetException.check(Files.exists(folder), "%s: no such folder (%s)", folder, what);
        DatasetException.check(Files.isDirectory(folder), "%s: not a folder (%s)", folder, what);
    }
}
