package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.onednn.Network.Value;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;

/** A network's primitives for one batch size, with their memory. Used by one thread. */
final class Plan implements AutoCloseable {
    private final List<Step> steps;
    private final BytePointer memory;
    private final FloatBuffer images;
    private final FloatBuffer features;
    private final Resources resources;

    /**
     * Creates a plan from its compiled parts.
     *
     * @param memory the arena
     * @param images the part of it that the first step reads
     * @param features the part that the last steps write
     * @param resources everything that the plan needs; freed with it
     */
    Plan(List<Step> steps, BytePointer memory, FloatBuffer images, FloatBuffer features, Resources resources) {
        this.steps = List.copyOf(steps);
        this.memory = memory;
        this.images = images;
        this.features = features;
        this.resources = resources;
    }

    /** Computes a batch. The lengths of both buffers are exactly those of the plan. */
    void run(dnnl_stream stream, FloatBuffer newImages, FloatBuffer newFeatures) {
        images.clear().put(newImages);
        for (Step step : steps) {
            step.run(stream);
        }
        Dnnl.check(dnnl_stream_wait(stream), "waiting");
        newFeatures.put(features.clear());
    }

    /**
     * Computes in float32 and passes every map to the observer as soon as it is complete: the images first, then the
     * convolutions' outputs.
     */
    void observe(dnnl_stream stream, FloatBuffer newImages, Value input, BiConsumer<Value, FloatBuffer> observer) {
        images.clear().put(newImages);
        observer.accept(input, images.clear());
        for (Step step : steps) {
            step.run(stream);
            Dnnl.check(dnnl_stream_wait(stream), "waiting");
            step.show(memory, observer);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
