package io.github.mgn4j.data;

import java.nio.file.Path;

/**
 * One image of a person, by where it lies and who it shows.
 *
 * @param pid the person, from 1; or {@link #DISTRACTOR}, or {@link #JUNK}
 * @param camid the camera, 0 or more
 */
public record ReidImage(Path path, int pid, int camid) {
    /** The pid of a gallery image that shows nobody, or somebody who is in no query. */
    public static final int DISTRACTOR = 0;

    /** The pid of a gallery image that is neither a match nor a miss: evaluation leaves it out. */
    public static final int JUNK = -1;

    public ReidImage {
        DatasetException.check(
                pid >= JUNK && camid >= 0,
                "%s: a pid of at least -1 and a camera of at least 0 wanted, found %s and %s",
                path,
                pid,
                camid);
    }

    /** Whether the image shows a person that it can be matched by. */
    public boolean isPerson() {
        return pid > DISTRACTOR;
    }
}
