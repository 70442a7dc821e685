package io.github.mgn4j.image;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;

/**
 * A labelled image: its file, the person that it shows and the camera that took it. A file is kept as its folder, which the
 * images of a folder share, and its name: a whole path for each of a million images takes more than twice the memory.
 *
 * @param folder that the file is in
 * @param name of the file within it, as {@link FileNames} writes it
 * @param pid the person, from 1; or {@link #DISTRACTOR}, or {@link #JUNK}
 * @param camid the camera, from 0; or {@link #UNKNOWN_CAMERA}
 */
public record ReidImage(Path folder, String name, int pid, int camid) {
    /** The pid of a gallery image that shows nobody, or a person who is in no query. Metrics count it as a person. */
    public static final int DISTRACTOR = 0;

    /** The pid of a gallery image that is neither a match nor a miss: evaluation leaves it out. */
    public static final int JUNK = -1;

    /** A camera that is not known: like every negative camid it differs from all cameras, even from itself. */
    public static final int UNKNOWN_CAMERA = -1;

    /** An image by its file's path. */
    public ReidImage(Path file, int pid, int camid) {
        this(parent(file), name(file), pid, camid);
    }

    private static Path parent(Path file) {
        Path parent = file.getFileName() == null ? file : file.getParent();
        return parent != null ? parent : file.getFileSystem().getPath("");
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : FileNames.text(name);
    }

    /** Returns the file. */
    public Path path() {
        return FileNames.resolve(folder, name);
    }

    /** Returns whether the image shows a person that it can be matched by. */
    public boolean isPerson() {
        return pid > DISTRACTOR;
    }

    /** Returns whether the image shows nobody, or a person who is in no query. */
    public boolean isDistractor() {
        return pid == DISTRACTOR;
    }
}
