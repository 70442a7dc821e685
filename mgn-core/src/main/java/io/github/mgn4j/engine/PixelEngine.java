package io.github.mgn4j.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * An engine that takes 8-bit pixels: it normalises them, makes their mirrors and averages the features of both on its own
 * device, so that a quarter of the bytes of normalised images travels there, and no processor time is spent on them.
 */
public interface PixelEngine extends Engine {
    /**
     * Computes the features of 8-bit images.
     *
     * @param pixels RGB images of the network's input size {@code [batch, H, W, 3]}, not normalised, read from position 0
     * @param batch number of images, at least 1
     * @param flip whether a feature is the mean of the image's and its mirror's
     * @param features receives {@code [batch, dims]} from position 0, in the order of
     *     {@link io.github.mgn4j.spec.MgnSpec#features()}
     */
    void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features);

    /**
     * Returns a new direct buffer that this engine reads without a copy in between, where it has such memory. It stays
     * valid when the engine is closed.
     */
    default ByteBuffer newPixelBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
