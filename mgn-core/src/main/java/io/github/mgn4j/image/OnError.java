package io.github.mgn4j.image;

/** What happens to an extraction when an image cannot be read. */
public enum OnError {
    /** The extraction ends with the image's exception. */
    FAIL,
    /** The image is left out and reported to the listener. */
    SKIP
}
