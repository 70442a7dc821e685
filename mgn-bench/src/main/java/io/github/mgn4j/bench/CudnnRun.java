package io.github.mgn4j.bench;

import io.github.mgn4j.cudnn.CudnnEngine;
import io.github.mgn4j.cudnn.ResidentBatch;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.stream.Collectors;

/** Runs a batch in the cudnn engine, with measured kernels. */
abstract class CudnnRun implements GpuRun {
    /** Ranges of the formula network on its first images, as {@code mgn calibrate} finds them on a CPU. */
    private static final String RANGES = "formula-ranges.properties";

    final CudnnEngine engine;
    final int batch;
    final FloatBuffer features;

    private CudnnRun(CudnnEngine engine, int batch) {
        this.engine = engine;
        this.batch = batch;
        features = Buffers.allocate((long) batch * engine.spec().featureLength());
    }

    /**
     * Opens a network.
     *
     * @param method one of {@link GpuBenchmark}
     */
    static CudnnRun open(GpuNetwork network, String precision, String method, int batch) throws IOException {
        CudnnEngine engine = engine(network, precision, batch, true);
        return switch (method) {
            case "deviceResident" -> new Resident(engine, batch, network.expected(batch, false));
            case "hostFloats" -> new HostFloats(engine, batch, network.expected(batch, false));
            case "hostPixels" -> new HostPixels(engine, batch);
            default -> throw new EngineException("unknown method '" + method + "'");
        };
    }

    /** Opens the engine; for 8 bits, with the formula network's ranges. */
    static CudnnEngine engine(GpuNetwork network, String precision, int batch, boolean tune) throws IOException {
        Precision format = Precision.valueOf(precision.toUpperCase(Locale.ROOT));
        Model model = format == Precision.INT8 || format == Precision.FP8 ? calibrated(network) : network.model();
        return (CudnnEngine) Engines.open("cudnn", model, new EngineOptions(format, batch).withTune(tune));
    }

    private static Model calibrated(GpuNetwork network) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Objects.requireNonNull(CudnnRun.class.getResourceAsStream(RANGES), RANGES)) {
            properties.load(in);
        }
        Map<String, Float> bounds = properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> Float.valueOf(properties.getProperty(name))));
        return new Model(
                network.model().spec(), network.model().weights(), new ActivationRanges(FormulaInputs.KNOWN, bounds));
    }

    /** Returns the formula's first images as pixels {@code [batch, H, W, 3]}, repeated, in pinned memory. */
    static ByteBuffer pixels(CudnnEngine engine, int batch) {
        InputSize size = engine.spec().input();
        int plane = size.height() * size.width();
        byte[] distinct = ReferenceWeights.pixels(Math.min(batch, FormulaInputs.KNOWN), size.height(), size.width());
        ByteBuffer pixels = engine.newPixelBuffer(3 * batch * plane);
        for (int i = 0; i < pixels.capacity(); i++) {
            int image = i / (3 * plane) % FormulaInputs.KNOWN;
            pixels.put(i, distinct[(image * 3 + i % 3) * plane + i / 3 % plane]);
        }
        return pixels;
    }

    /** Images that stay on the device. */
    private static final class Resident extends CudnnRun {
        private final ResidentBatch images;
        private final float[] expected;

        Resident(CudnnEngine engine, int batch, float[] expected) {
            super(engine, batch);
            this.expected = expected;
            images = engine.resident(FormulaInputs.images(engine.spec(), batch, engine.inputLayout()), batch);
        }

        @Override
        public void once() {
            images.run();
        }

        @Override
        public OptionalDouble distance() {
            images.features(features);
            return OptionalDouble.of(Agreement.apart(features, expected));
        }

        @Override
        public void close() {
            images.close();
            super.close();
        }
    }

    /** Normalised images from the host's memory. */
    private static final class HostFloats extends CudnnRun {
        private final FloatBuffer images;
        private final float[] expected;

        HostFloats(CudnnEngine engine, int batch, float[] expected) {
            super(engine, batch);
            this.expected = expected;
            images = FormulaInputs.images(engine.spec(), batch, engine.inputLayout());
        }

        @Override
        public void once() {
            engine.run(images, batch, features);
        }

        @Override
        public OptionalDouble distance() {
            once();
            return OptionalDouble.of(Agreement.apart(features, expected));
        }
    }

    /** Pixels from the host's pinned memory. JMH's {@code -t 2} runs two batches concurrently. */
    private static final class HostPixels extends CudnnRun {
        private final ByteBuffer pixels;
        private final ThreadLocal<FloatBuffer> own = ThreadLocal.withInitial(
                () -> Buffers.allocate((long) batch * engine.spec().featureLength()));

        HostPixels(CudnnEngine engine, int batch) {
            super(engine, batch);
            pixels = pixels(engine, batch);
        }

        @Override
        public void once() {
            engine.run(pixels, batch, false, own.get());
        }

        @Override
        public OptionalDouble distance() {
            once();
            return OptionalDouble.empty();
        }
    }

    @Override
    public String runtime() {
        return "cuDNN through JavaCPP";
    }

    @Override
    public void close() {
        engine.close();
    }
}
