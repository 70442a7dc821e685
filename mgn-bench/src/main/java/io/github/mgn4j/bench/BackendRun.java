package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.OptionalDouble;

/** Runs a batch in an {@link Engine}. ND4J's backend for GPUs takes float32 images from the host only. */
final class BackendRun implements GpuRun {
    private final Engine engine;
    private final FloatBuffer images;
    private final FloatBuffer features;
    private final float[] expected;

    private BackendRun(Engine engine, FloatBuffer images, FloatBuffer features, float[] expected) {
        this.engine = engine;
        this.images = images;
        this.features = features;
        this.expected = expected;
    }

    static BackendRun open(GpuNetwork network, String name, String precision, String method, int batch)
            throws IOException {
        if (!precision.equals("fp32") || !method.equals("hostFloats")) {
            throw new EngineException("the engine %s has hostFloats in fp32 only".formatted(name));
        }
        Engine engine = Engines.open(name, network.model(), new EngineOptions(Precision.FP32, batch));
        return new BackendRun(
                engine,
                FormulaInputs.images(engine.spec(), batch, engine.inputLayout()),
                Buffers.allocate((long) batch * engine.spec().featureLength()),
                network.expected(batch, false));
    }

    @Override
    public void once() {
        engine.run(images, expected.length / engine.spec().featureLength(), features);
    }

    @Override
    public OptionalDouble distance() {
        once();
        return OptionalDouble.of(Agreement.apart(features, expected));
    }

    @Override
    public String runtime() {
        return "ND4J's backend";
    }

    @Override
    public void close() {
        engine.close();
    }
}
