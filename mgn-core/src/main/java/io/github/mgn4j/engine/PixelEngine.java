package io.github.mgn4j.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * An engine that takes 8-bit pixels. It normalises and mirrors them and averages the features of both on its own device.
 * This transfers a quarter of the bytes of normalised images and takes no CPU time.
 */
public interface PixelEngine extends Engine {
    /**
     * Computes the features of 8-bit images.
     *
     * @param pixels RGB images of the network's input size {@code [batch, H, W, 3]}, not normalised, read from position 0
     * @param batch number of images, at least 1
     * @param flip whether a feature is the mean of those of the image and its mirror
     * @param features receives {@code [batch, dims]} from position 0, in the order of
     *     {@link io.github.mgn4j.spec.MgnSpec#features()}
     */
    void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features);

    /**
     * Returns a new direct buffer; engines with suitable memory read it without copying. The buffer stays valid after the
     * engine is closed.
     */
    default ByteBuffer newPixelBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
