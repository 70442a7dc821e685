package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.FoldedNorm;
import io.github.mgn4j.engine.internal.Resources;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Applies the batch norm of a neck to one vector of every feature, in place. */
final class NeckStep extends Step {
    private final FoldedNorm norm;
    private final Block features;
    private final int batch;
    private final int length;
    private final int offset;
    private final float[] vector;
    private @Nullable FloatBuffer values;

    /**
     * Creates a step.
     *
     * @param features {@code [batch, length]}
     * @param offset index of the vector's first value in a feature
     */
    NeckStep(FoldedNorm norm, Block features, int batch, int length, int offset) {
        this.norm = norm;
        this.features = features;
        this.batch = batch;
        this.length = length;
        this.offset = offset;
        vector = new float[norm.scale().size()];
    }

    @Override
    void bind(BytePointer arena, dnnl_engine engine, Resources owner) {
        values = Dnnl.floats(arena, features.offset(), (long) Float.BYTES * batch * length);
    }

    @Override
    void run(dnnl_stream stream) {
        Dnnl.check(dnnl_stream_wait(stream), "waiting");
        FloatBuffer all = Objects.requireNonNull(values);
        for (int image = 0; image < batch; image++) {
            int from = image * length + offset;
            all.get(from, vector);
            norm.apply(vector, 0);
            all.put(from, vector);
        }
    }
}
