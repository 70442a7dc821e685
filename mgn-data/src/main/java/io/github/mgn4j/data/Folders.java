package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists image files and folders. Skips the litter of real downloads: hidden files and folders ({@code .DS_Store},
 * {@code ._*}), {@code __MACOSX}, and files without an image extension ({@code Thumbs.db}, {@code readme.txt}).
 */
final class Folders {
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "bmp");

    private Folders() {}

    static boolean isImage(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0
                && !isLitter(name)
                && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean isLitter(String name) {
        return name.startsWith(".") || name.equals("__MACOSX");
    }

    /** Returns the names of the images directly in a folder, in order. */
    static List<String> images(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> isImage(fileName(path)) && Files.isRegularFile(path))
                    .map(Folders::fileName)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns the images in a folder and the folders below it, following links, by relative path. */
    static List<Path> under(Path folder) throws IOException {
        // The walk knows the kind of each entry; a second query would take longer than all the rest.
        try (Stream<Path> entries = Files.find(
                folder,
                Integer.MAX_VALUE,
                (path, attributes) -> attributes.isRegularFile() && isImage(fileName(path)),
                FileVisitOption.FOLLOW_LINKS)) {
            return entries.filter(path -> !inLitter(folder, path))
                    .sorted(Comparator.comparing(FileNames::text))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean inLitter(Path root, Path path) {
        for (int i = root.getNameCount(); i < path.getNameCount() - 1; i++) {
            if (isLitter(FileNames.text(path.getName(i)))) {
                return true;
            }
        }
        return false;
    }

    /** Returns the folders directly in a folder, by name. */
    static List<Path> folders(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> !isLitter(fileName(path)) && Files.isDirectory(path))
                    .sorted(Comparator.comparing(Folders::fileName))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns the last name of a path, as {@link FileNames} writes it. */
    static String fileName(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : FileNames.text(name);
    }

    /** Returns the parent folder of a path; the empty path for a name alone. */
    static Path parent(Path path) {
        Path parent = path.getParent();
        return parent != null ? parent : path.getFileSystem().getPath("");
    }

    static void requireFolder(Path folder, String what) {
        DatasetException.check(Files.exists(folder), "%s: no such folder (%s)", folder, what);
        DatasetException.check(Files.isDirectory(folder), "%s: not a folder (%s)", folder, what);
    }
}
