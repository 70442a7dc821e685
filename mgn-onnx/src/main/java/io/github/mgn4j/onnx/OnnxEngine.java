package io.github.mgn4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.internal.io.TemporaryFolder;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a feature network in ONNX Runtime, on the CPU or a GPU. ONNX Runtime reads and writes direct buffers of the
 * native byte order in place, and calls with such buffers run concurrently. Other buffers are copied through a pair of
 * the engine's own, one call after the other. Thread-safe.
 */
public final class OnnxEngine implements Engine {
    private static final Logger log = LoggerFactory.getLogger(OnnxEngine.class);

    private final MgnSpec spec;
    private final OnnxDevice device;
    private final Precision precision;
    private final OrtSession session;
    /** Held for reading by runs, for writing by {@link #close}. */
    private final ReadWriteLock life = new ReentrantReadWriteLock();

    private final Object copies = new Object();
    private FloatBuffer ownImages = Buffers.allocate(0);
    private FloatBuffer ownFeatures = Buffers.allocate(0);
    private volatile boolean closed;
    private boolean freed; // guarded by the write lock

    private OnnxEngine(MgnSpec spec, OnnxDevice device, Precision precision, OrtSession session) {
        this.spec = spec;
        this.device = device;
        this.precision = precision;
        this.session = session;
    }

    /**
     * Opens a model through a temporary file, because memory may not hold a network twice.
     *
     * @param model the model
     * @param precision {@code FP32} or {@code FP16}
     * @param settings device and options
     * @throws EngineException if the device cannot run it
     * @throws OnnxException if it cannot be written as ONNX
     */
    public static OnnxEngine open(Model model, Precision precision, OnnxSettings settings) {
        OnnxOptions options = OnnxOptions.DEFAULT.withPrecision(precision);
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path file = folder.path().resolve("model.onnx");
            OnnxExporter.export(model, options, file);
            return open(model.spec(), file, precision, settings);
        } catch (IOException e) {
            throw new EngineException("the network cannot be written to a temporary file: " + e.getMessage(), e);
        }
    }

    private static OnnxEngine open(MgnSpec spec, Path file, Precision precision, OnnxSettings settings) {
        try {
            return new OnnxEngine(spec, settings.device(), precision, OnnxSessions.open(file, precision, settings));
        } catch (EngineException e) {
            if (settings.device() == OnnxDevice.CPU || !settings.fallback()) {
                throw e;
            }
            log.warn("the CPU takes its place, as the settings allow: {}", e.getMessage());
            OnnxSettings cpu = OnnxSettings.of(OnnxDevice.CPU).withThreads(settings.threads());
            return open(spec, file, precision, cpu);
        }
    }

    @Override
    public String name() {
        return device.engine();
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
        int in = 3 * batch * size.height() * size.width();
        int out = batch * spec.featureLength();
        life.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            if (isNative(images) && isNative(features)) {
                compute(images.slice(0, in), batch, features.slice(0, out));
                return;
            }
            synchronized (copies) {
                ownImages = ownImages.capacity() < in ? Buffers.allocate(in) : ownImages;
                ownFeatures = ownFeatures.capacity() < out ? Buffers.allocate(out) : ownFeatures;
                ownImages.put(0, images, 0, in);
                compute(ownImages.slice(0, in), batch, ownFeatures.slice(0, out));
                features.put(0, ownFeatures, 0, out);
            }
        } finally {
            life.readLock().unlock();
        }
    }

    private void compute(FloatBuffer images, int batch, FloatBuffer features) {
        InputSize size = spec.input();
        long[] shape = {batch, 3, size.height(), size.width()};
        long[] expected = {batch, spec.featureLength()};
        try (OnnxTensor input = OnnxTensor.createTensor(OnnxSessions.environment(), images, shape);
                OnnxTensor output = OnnxTensor.createTensor(OnnxSessions.environment(), features, expected);
                OrtSession.Result result =
                        session.run(Map.of(OnnxExporter.IMAGES, input), Map.of(OnnxExporter.FEATURES, output))) {
            if (result.size() != 1) {
                throw new IllegalStateException("one result expected, found " + result.size());
            }
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "%s failed on a batch of %s: %s".formatted(name(), batch, OnnxSessions.sentence(e)), e);
        }
    }

    private static boolean isNative(FloatBuffer buffer) {
        return buffer.isDirect() && !buffer.isReadOnly() && buffer.order() == ByteOrder.nativeOrder();
    }

    @Override
    public void close() {
        closed = true; // before waiting, so that no new call begins
        life.writeLock().lock();
        try {
            if (!freed) {
                freed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(OnnxSessions.sentence(e), e);
        } finally {
            life.writeLock().unlock();
        }
    }
}
