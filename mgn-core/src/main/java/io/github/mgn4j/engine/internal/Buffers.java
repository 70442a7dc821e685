package io.github.mgn4j.engine.internal;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Checks and allocates the buffers that engines read images from and write features to. */
public final class Buffers {
    private static final String IMAGES_HOLD = "images hold %s values, expected %s";

    private Buffers() {}

    /**
     * Checks that buffers of normalised images and of features have room for a batch.
     *
     * @throws IllegalArgumentException saying what is too small
     */
    public static void check(MgnSpec spec, FloatBuffer images, int batch, FloatBuffer features) {
        check(spec.input(), spec.featureLength(), images, batch, features);
    }

    /**
     * Checks that buffers of normalised images and of features have room for a batch of any network.
     *
     * @throws IllegalArgumentException saying what is too small
     */
    public static void check(InputSize input, int dims, FloatBuffer images, int batch, FloatBuffer features) {
        checkImages(input, IMAGES_HOLD, images.limit(), batch);
        checkFeatures(dims, batch, features);
    }

    /**
     * Checks that buffers of 8-bit pixels and of features have room for a batch.
     *
     * @throws IllegalArgumentException saying what is too small
     */
    public static void check(MgnSpec spec, ByteBuffer pixels, int batch, FloatBuffer features) {
        checkImages(spec, pixels, batch);
        checkFeatures(spec.featureLength(), batch, features);
    }

    /**
     * Checks that a buffer of normalised images has room for a batch.
     *
     * @throws IllegalArgumentException if it has not
     */
    public static void checkImages(MgnSpec spec, FloatBuffer images, int batch) {
        checkImages(spec.input(), IMAGES_HOLD, images.limit(), batch);
    }

    /**
     * Checks that a buffer of 8-bit pixels has room for a batch.
     *
     * @throws IllegalArgumentException if it has not
     */
    public static void checkImages(MgnSpec spec, ByteBuffer pixels, int batch) {
        checkImages(spec.input(), "pixels hold %s bytes, expected %s", pixels.limit(), batch);
    }

    private static void checkImages(InputSize input, String message, int limit, int batch) {
        long expected = 3L * batch * input.height() * input.width();
        Preconditions.checkArgument(batch >= 1, "batch must be at least 1, not %s", batch);
        Preconditions.checkArgument(limit >= expected, message, limit, expected);
    }

    private static void checkFeatures(int dims, int batch, FloatBuffer features) {
        Preconditions.checkArgument(
                features.limit() >= (long) batch * dims,
                "features have room for %s values, expected %s x %s",
                features.limit(),
                batch,
                dims);
    }

    /**
     * Allocates a direct buffer of float32 values in native byte order. Engines access it without copying.
     */
    public static FloatBuffer allocate(long values) {
        return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(values, (long) Float.BYTES)))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
