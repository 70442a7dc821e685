package io.github.mgn4j.engine.internal;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Checks and allocates the buffers that engines read images from and write features to. */
public final class Buffers {
    private Buffers() {}

    /**
     * Checks that buffers have room for a batch.
     *
     * @throws IllegalArgumentException if a buffer is too small; the message names it and both sizes
     */
    public static void check(MgnSpec spec, FloatBuffer images, int batch, FloatBuffer features) {
        long expected = 3L * batch * spec.input().height() * spec.input().width();
        Preconditions.checkArgument(batch >= 1, "batch must be at least 1, not %s", batch);
        Preconditions.checkArgument(
                images.limit() >= expected, "images hold %s values, expected %s", images.limit(), expected);
        Preconditions.checkArgument(
                features.limit() >= (long) batch * spec.featureLength(),
                "features have room for %s values, expected %s x %s",
                features.limit(),
                batch,
                spec.featureLength());
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
