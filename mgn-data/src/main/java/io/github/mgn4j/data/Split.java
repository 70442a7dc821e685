package io.github.mgn4j.data;

import java.util.Locale;

/** The splits of a data set. */
public enum Split {
    TRAIN,
    QUERY,
    GALLERY;

    /** Returns the split's name in folders and files. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
