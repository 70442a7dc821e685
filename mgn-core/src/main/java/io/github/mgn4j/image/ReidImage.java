package io.github.mgn4j.image;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;

/**
 * A labelled image: its file, the person that it shows and the camera that took it. The file is stored as a folder, which
 * images share, and a name. A whole path for each of a million images would take more than twice the memory.
 *
 * @param folder the folder of the file
 * @param name the file's name within the folder, as {@link FileNames} writes it
 * @param pid the person, from 1; or {@link #DISTRACTOR}, or {@link #JUNK}
 * @param camid the camera, from 0; or {@link #UNKNOWN_CAMERA}
 */
public record ReidImage(Path folder, String name, int pid, int camid) {
    /**
     * The pid of a gallery image without a person, or with a person who is in no query. Metrics count it as a person.
     */
    public static final int DISTRACTOR = 0;

    /** The pid of a gallery image that is neither a match nor a miss. Evaluation ignores it. */
    public static final int JUNK = -1;

    /**
     * The camid of an unknown camera. Like every negative camid, it differs from all cameras, including itself.
     */
    public static final int UNKNOWN_CAMERA = -1;

    /** Creates an image from its file's path. */
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

    /** Returns the file's path. */
    public Path path() {
        return FileNames.resolve(folder, name);
    }

    /** Returns whether the image shows an identified person: it is neither a distractor nor junk. */
    public boolean isPerson() {
        return pid > DISTRACTOR;
    }

    /** Returns whether the image is a distractor. */
    public boolean isDistractor() {
        return pid == DISTRACTOR;
    }
}
