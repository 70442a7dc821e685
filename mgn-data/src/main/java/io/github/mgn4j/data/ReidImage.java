package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;

/**
 * One image of a person, by where it lies and who it shows. A file is kept as its folder, which the images of a folder
 * share, and its name: a whole path for each of a million images takes more than twice the memory.
 *
 * @param folder that the file is in
 * @param name of the file within it, as {@link FileNames} writes it
 * @param pid the person, from 1; or {@link #DISTRACTOR}, or {@link #JUNK}
 * @param camid the camera, 0 or more
 */
public record ReidImage(Path folder, String name, int pid, int camid) {
    /** The pid of a gallery image that shows nobody, or somebody who is in no query. */
    public static final int DISTRACTOR = 0;

    /** The pid of a gallery image that is neither a match nor a miss: evaluation leaves it out. */
    public static final int JUNK = -1;

    public ReidImage {
        DatasetException.check(!name.isEmpty(), "%s: the name of a file wanted, found nothing", folder);
        DatasetException.check(
                pid >= JUNK && camid >= 0,
                "%s: a pid of at least -1 and a camera of at least 0 wanted, found %s and %s",
                name,
                pid,
                camid);
    }

    /** An image by its file's path. */
    public ReidImage(Path path, int pid, int camid) {
        this(Folders.parent(path), Folders.fileName(path), pid, camid);
    }

    /** The file. */
    public Path path() {
        return FileNames.resolve(folder, name);
    }

    /** Whether the image shows a person that it can be matched by. */
    public boolean isPerson() {
        return pid > DISTRACTOR;
    }
}
