package io.github.mgn4j.image;

/** What an extraction does about an image that cannot be read. */
public enum OnError {
    /** Ends the extraction with the image's exception. */
    FAIL,
    /** Skips the image and reports it to the listener. */
    SKIP
}
