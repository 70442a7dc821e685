package io.github.mgn4j.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxInput;
import io.github.mgn4j.onnx.OnnxSessions;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.FormulaWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** Runs of a session over the formula's images, in the same direct buffers again and again. */
final class GpuRuns implements AutoCloseable {
    private static final int FEWEST_RUNS = 5;
    private static final int MOST_RUNS = 100_000;
    /** Images that are made; more are copies of these. */
    private static final int DISTINCT = 8;

    private final OrtSession session;
    private final OnnxTensor images;
    private final OnnxTensor features;
    private final FloatBuffer values;

    /** How long runs took: milliseconds each. */
    record Times(double median, double p99) {}

    /**
     * Prepares runs.
     *
     * @param count images that go in
     * @param rows features that come out
     */
    GpuRuns(OrtSession session, MgnSpec spec, OnnxInput input, int count, int rows) throws OrtException {
        this.session = session;
        int height = spec.input().height();
        int width = spec.input().width();
        long[] shape = {count, 3, height, width};
        OrtEnvironment environment = OnnxSessions.environment();
        int made = Math.min(count, DISTINCT);
        int length = 3 * height * width;
        if (input == OnnxInput.PIXELS) {
            byte[] pixels = FormulaWeights.pixels(made, height, width);
            ByteBuffer bytes = direct((long) count * length);
            for (int i = 0; i < count; i++) {
                bytes.put(pixels, i % made * length, length);
            }
            images = OnnxTensor.createTensor(environment, bytes.flip(), shape, OnnxJavaType.UINT8);
        } else {
            float[] normalised = FormulaWeights.images(made, height, width);
            FloatBuffer floats = direct((long) count * length * Float.BYTES).asFloatBuffer();
            for (int i = 0; i < count; i++) {
                floats.put(normalised, i % made * length, length);
            }
            images = OnnxTensor.createTensor(environment, floats.flip(), shape);
        }
        values = direct((long) rows * spec.dims() * Float.BYTES).asFloatBuffer();
        features = OnnxTensor.createTensor(environment, values, new long[] {rows, spec.dims()});
    }

    private static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    /** The features {@code [rows, dims]} of one run. */
    float[] run() throws OrtException {
        once();
        float[] copy = new float[values.capacity()];
        values.get(0, copy);
        return copy;
    }

    /** Warms up for as long as it then measures. */
    Times measure(double seconds) throws OrtException {
        times(seconds);
        double[] times = times(seconds);
        Arrays.sort(times);
        return new Times(times[times.length / 2], times[times.length * 99 / 100]);
    }

    private double[] times(double seconds) throws OrtException {
        double[] times = new double[MOST_RUNS];
        int runs = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (runs < MOST_RUNS && (runs < FEWEST_RUNS || System.nanoTime() < end)) {
            long start = System.nanoTime();
            once();
            times[runs++] = (System.nanoTime() - start) / 1e6;
        }
        return Arrays.copyOf(times, runs);
    }

    private void once() throws OrtException {
        try (OrtSession.Result result =
                session.run(Map.of(OnnxExporter.IMAGES, images), Map.of(OnnxExporter.FEATURES, features))) {
            if (result.size() != 1) {
                throw new IllegalStateException("one result expected, found " + result.size());
            }
        }
    }

    @Override
    public void close() {
        images.close();
        features.close();
    }
}
