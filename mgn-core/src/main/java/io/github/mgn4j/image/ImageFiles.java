package io.github.mgn4j.image;

import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds the image files of a folder in an order that is the same on every platform. */
public final class ImageFiles {
    private static final Set<String> SUFFIXES = Set.of("jpg", "jpeg", "png", "bmp");

    private ImageFiles() {}

    /** A file, and the bytes of its relative path. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Found(byte[] name, Path path) {}

    /**
     * Lists a folder's image files ({@code .jpg .jpeg .png .bmp} in any case), including sub-folders and following links,
     * sorted by the bytes of their relative paths. Names that start with a dot (hidden files, the {@code ._*} files that macOS
     * leaves on other file systems) and {@code __MACOSX} folders are skipped.
     *
     * @return paths that begin with {@code folder}; at least one
     * @throws ImageException if the folder does not exist, or contains no image
     * @throws IOException if a folder cannot be read, or links form a circle
     */
    public static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new ImageException(
                    FileNames.text(folder) + (Files.exists(folder) ? ": not a folder" : ": no such folder"));
        }
        List<Found> files = new ArrayList<>();
        Files.walkFileTree(
                folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                        return path.equals(folder) || !isLitter(path)
                                ? FileVisitResult.CONTINUE
                                : FileVisitResult.SKIP_SUBTREE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                        // A link that is still a link here is broken: it is listed, so that reading it reports its
                        // name.
                        if ((attributes.isRegularFile() || attributes.isSymbolicLink())
                                && !isLitter(path)
                                && SUFFIXES.contains(suffix(path))) {
                            files.add(new Found(FileNames.encode(FileNames.relative(folder, path)), path));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        if (files.isEmpty()) {
            throw new ImageException(
                    FileNames.text(folder) + ": no image in this folder (expected .jpg, .jpeg, .png or .bmp files)");
        }
        return files.stream()
                .sorted((a, b) -> Arrays.compareUnsigned(a.name, b.name))
                .map(Found::path)
                .toList();
    }

    private static boolean isLitter(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") || name.equals("__MACOSX");
    }

    private static String suffix(Path path) {
        String name = String.valueOf(path.getFileName());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
