package io.github.mgn4j.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the image files of a folder, in an order that is the same on every platform. */
public final class ImageFiles {
    private static final Set<String> SUFFIXES = Set.of("jpg", "jpeg", "png", "bmp");

    private ImageFiles() {}

    /**
     * Lists a folder's image files ({@code .jpg .jpeg .png .bmp} in any case), sub-folders included, links followed,
     * sorted by {@link #relativeName} in the order of their UTF-8 bytes. Names that start with a dot (hidden files, the
     * {@code ._*} files that macOS leaves on other file systems) and {@code __MACOSX} folders are passed over.
     *
     * @return paths that begin with the folder as given; at least one
     * @throws ImageException if there is no such folder, or no image in it
     * @throws IOException if a folder cannot be read, or links go in a circle
     */
    public static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new ImageException(folder + (Files.exists(folder) ? ": not a folder" : ": no such folder"));
        }
        SortedMap<byte[], Path> found = new TreeMap<>(Arrays::compareUnsigned);
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
                        // A link that is still one here leads nowhere: it is listed, so that reading it names it.
                        if ((attributes.isRegularFile() || attributes.isSymbolicLink())
                                && !isLitter(path)
                                && SUFFIXES.contains(suffix(path))) {
                            found.put(relativeName(folder, path).getBytes(StandardCharsets.UTF_8), path);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        if (found.isEmpty()) {
            throw new ImageException(folder + ": no image in this folder (expected .jpg, .jpeg, .png or .bmp files)");
        }
        return List.copyOf(found.values());
    }

    /** A file's path from a folder that contains it, with {@code /} between its parts on every platform. */
    public static String relativeName(Path folder, Path file) {
        StringBuilder name = new StringBuilder();
        for (Path part : folder.relativize(file)) {
            name.append(name.isEmpty() ? "" : "/").append(part);
        }
        return name.toString();
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
