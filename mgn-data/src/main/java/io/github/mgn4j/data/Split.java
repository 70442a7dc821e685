package io.github.mgn4j.data;

import java.util.Locale;

/** The parts of a data set. */
public enum Split {
    TRAIN,
    QUERY,
    GALLERY;

    /** The part's name in folders and files. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
