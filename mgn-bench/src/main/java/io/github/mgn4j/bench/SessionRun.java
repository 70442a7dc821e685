package io.github.mgn4j.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.base.Splitter;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.onnx.OnnxDevice;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxInput;
import io.github.mgn4j.onnx.OnnxOptions;
import io.github.mgn4j.onnx.OnnxSessions;
import io.github.mgn4j.onnx.OnnxSettings;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Runs a batch in ONNX Runtime, in the same direct buffers each time. */
final class SessionRun implements GpuRun {
    private final OrtSession session;
    private final OnnxTensor images;
    private final OnnxTensor features;
    private final FloatBuffer values;
    /** Expected features; null for pixels, whose features are unknown. */
    private final float @Nullable [] expected;

    private SessionRun(
            OrtSession session,
            OnnxTensor images,
            OnnxTensor features,
            FloatBuffer values,
            float @Nullable [] expected) {
        this.session = session;
        this.images = images;
        this.features = features;
        this.values = values;
        this.expected = expected;
    }

    /**
     * Opens a network.
     *
     * @param method one of {@link GpuBenchmark}
     * @throws EngineException if the engine cannot run here
     */
    static SessionRun open(
            GpuNetwork network, String engine, String precision, String variant, String method, int batch)
            throws IOException {
        boolean resident = method.equals("deviceResident");
        OnnxInput input = method.equals("hostPixels") ? OnnxInput.PIXELS : OnnxInput.NORMALISED;
        OrtSession session = session(network, engine, precision, variant, input, resident ? batch : 0);
        int length = network.model().spec().featureLength();
        FloatBuffer values = Buffers.allocate((long) batch * length);
        float[] expected = input == OnnxInput.PIXELS ? null : network.expected(batch, resident);
        return call(() -> new SessionRun(
                session,
                images(network, input, resident ? 1 : batch),
                OnnxTensor.createTensor(OnnxSessions.environment(), values, new long[] {batch, length}),
                values,
                expected));
    }

    private static OrtSession session(
            GpuNetwork network, String engine, String precision, String variant, OnnxInput input, int repeat)
            throws IOException {
        OnnxDevice device = Arrays.stream(OnnxDevice.values())
                .filter(d -> d.engine().equals(engine))
                .findFirst()
                .orElseThrow(() -> new EngineException("unknown engine '" + engine + "'"));
        Precision arithmetic = precision.equals("fp16") ? Precision.FP16 : Precision.FP32;
        Map<String, String> provider = variant.equals("default")
                ? Map.of()
                : Splitter.on('+').withKeyValueSeparator(':').split(variant);
        OnnxSettings settings =
                OnnxSettings.of(device).withTf32(precision.equals("tf32")).withProvider(provider);
        Path file = Files.createTempFile("mgn-gpu", ".onnx");
        try {
            OnnxExporter.export(
                    network.model(),
                    OnnxOptions.DEFAULT
                            .withPrecision(arithmetic)
                            .withInput(input)
                            .withRepeat(repeat),
                    file);
            return OnnxSessions.open(file, arithmetic, settings);
        } finally {
            Files.delete(file);
        }
    }

    private static OnnxTensor images(GpuNetwork network, OnnxInput input, int count) throws OrtException {
        InputSize size = network.model().spec().input();
        long[] shape = {count, 3, size.height(), size.width()};
        OrtEnvironment environment = OnnxSessions.environment();
        if (input == OnnxInput.NORMALISED) {
            return OnnxTensor.createTensor(
                    environment, FormulaInputs.images(network.model().spec(), count, Layout.NCHW), shape);
        }
        int length = 3 * size.height() * size.width();
        int distinct = Math.min(count, FormulaInputs.KNOWN);
        byte[] pixels = ReferenceWeights.pixels(distinct, size.height(), size.width());
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(count, length));
        for (int i = 0; i < count; i++) {
            bytes.put(pixels, i % distinct * length, length);
        }
        return OnnxTensor.createTensor(environment, bytes.flip(), shape, OnnxJavaType.UINT8);
    }

    /** A call of ONNX Runtime's. */
    private interface Call<T> {
        T run() throws OrtException;
    }

    /** Makes a call. Its own exception stays in this class, because a machine for other engines may lack ONNX Runtime. */
    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime: " + e.getMessage(), e);
        }
    }

    @Override
    public void once() {
        try (OrtSession.Result result =
                call(() -> session.run(Map.of(OnnxExporter.IMAGES, images), Map.of(OnnxExporter.FEATURES, features)))) {
            if (result.size() != 1) {
                throw new IllegalStateException("one result expected, found " + result.size());
            }
        }
    }

    @Override
    public OptionalDouble distance() {
        once();
        return expected == null ? OptionalDouble.empty() : OptionalDouble.of(Agreement.apart(values, expected));
    }

    @Override
    public String runtime() {
        return "ONNX Runtime " + OnnxSessions.environment().getVersion();
    }

    @Override
    public void close() {
        images.close();
        features.close();
        call(() -> {
            session.close();
            return true;
        });
    }
}
