package io.github.mgn4j.data;

import java.util.Locale;

/** The splits of a data set. */
public enum Split {
    /** Images to train on. */
    TRAIN,
    /** Images to search with. */
    QUERY,
    /** Images to search in. */
    GALLERY;

    /** Returns the split's name in folders and files. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
