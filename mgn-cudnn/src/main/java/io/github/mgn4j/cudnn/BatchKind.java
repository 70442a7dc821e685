package io.github.mgn4j.cudnn;

import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;

/**
 * The kind of batch that a program is compiled for.
 *
 * @param images batch size, without mirrors
 * @param flip whether features are means over images and mirrors
 * @param pixels whether the input is bytes
 */
record BatchKind(int images, boolean flip, boolean pixels) {
    /** Returns the number of images and mirrors. */
    int views() {
        return Math.multiplyExact(images, flip ? 2 : 1);
    }

    /** Returns the size of the input in bytes. */
    long inputBytes(MgnSpec spec) {
        InputSize size = spec.input();
        return 3L * images * size.height() * size.width() * (pixels ? 1 : Float.BYTES);
    }

    /** Returns the size of the features in bytes. */
    long featureBytes(MgnSpec spec) {
        return (long) images * spec.featureLength() * Float.BYTES;
    }
}
