package io.github.mgn4j.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.common.base.Splitter;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxSessions;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * An ONNX file in ONNX Runtime: all graph optimisations, a thread for each core that its own pool pins there. Buffers must be direct,
 * for they are read and written in place.
 */
final class OnnxRuntimeEngine implements Engine {
    /** Session configuration by ONNX Runtime's names, {@code name=value} joined by commas, to try out others. */
    private static final String CONFIG = "mgn.peers.onnxruntime";

    private final MgnSpec spec;
    private final Precision precision;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxRuntimeEngine(MgnSpec spec, Precision precision, OrtEnvironment environment, OrtSession session) {
        this.spec = spec;
        this.precision = precision;
        this.environment = environment;
        this.session = session;
    }

    static OnnxRuntimeEngine open(MgnSpec spec, Precision precision, Path file) {
        // Ours makes it, because ONNX Runtime overflows the stack of a thread on a long command line.
        OrtEnvironment environment = OnnxSessions.environment();
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(OptLevel.ALL_OPT);
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            // Left at 0, the number of threads is that of the cores, and ONNX Runtime pins them.
            options.setIntraOpNumThreads(Integer.getInteger("mgn.onnx.threads", 0));
            options.addConfigEntry("session.set_denormal_as_zero", "1");
            Splitter.on(',')
                    .omitEmptyStrings()
                    .withKeyValueSeparator('=')
                    .split(System.getProperty(CONFIG, ""))
                    .forEach((name, value) -> add(options, name, value));
            OrtSession session = environment.createSession(file.toString(), options);
            return new OnnxRuntimeEngine(spec, precision, environment, session);
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime cannot open " + file + ": " + e.getMessage(), e);
        }
    }

    private static void add(SessionOptions options, String name, String value) {
        try {
            options.addConfigEntry(name, value);
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime takes no " + name + "=" + value + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return OnnxRuntimeProvider.NAME;
    }

    @Override
    public MgnSpec spec() {
        return spec;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Layout inputLayout() {
        return Layout.NCHW;
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(spec, images, batch, features);
        InputSize size = spec.input();
        int values = 3 * batch * size.height() * size.width();
        long[] shape = {batch, 3, size.height(), size.width()};
        FloatBuffer in = images.slice(0, values);
        FloatBuffer out = features.slice(0, batch * spec.featureLength());
        try (OnnxTensor input = OnnxTensor.createTensor(environment, in, shape);
                OnnxTensor output =
                        OnnxTensor.createTensor(environment, out, new long[] {batch, spec.featureLength()})) {
            session.run(Map.of(OnnxExporter.IMAGES, input), Map.of(OnnxExporter.FEATURES, output))
                    .close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed on a batch of " + batch, e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
