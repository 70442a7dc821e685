package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;

/** A network's primitives for one batch size over memory that is its own. Used by one thread. */
final class Plan implements AutoCloseable {
    private final List<Step> steps;
    private final FloatBuffer images;
    private final FloatBuffer features;
    private final Resources resources;

    /**
     * Takes over what has been compiled.
     *
     * @param images memory that the first step reads
     * @param features memory that the last steps write
     * @param resources all that the plan needs; freed with it
     */
    Plan(List<Step> steps, BytePointer images, BytePointer features, Resources resources) {
        this.steps = List.copyOf(steps);
        this.images = floats(images.asByteBuffer());
        this.features = floats(features.asByteBuffer());
        this.resources = resources;
    }

    private static FloatBuffer floats(ByteBuffer bytes) {
        return bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** Computes; both buffers are exactly as long as the plan's. */
    void run(dnnl_stream stream, FloatBuffer newImages, FloatBuffer found) {
        images.clear().put(newImages);
        for (Step step : steps) {
            step.run(stream);
        }
        Dnnl.check(dnnl_stream_wait(stream), "waiting");
        found.put(features.clear());
    }

    @Override
    public void close() {
        resources.close();
    }
}
