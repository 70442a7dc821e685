package io.github.mgn4j.bench.peers;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A TorchScript file of {@code tools/reference/trace_mgn.py} in DJL: float32 channels-last images in, float32 features out, whatever
 * it computes in. The input array is kept for the next batch of its size. Calls wait for each other.
 */
final class DjlEngine implements Engine {
    private final MgnSpec spec;
    private final Precision precision;
    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private NDArray input;

    private DjlEngine(MgnSpec spec, Precision precision, Model model) {
        this.spec = spec;
        this.precision = precision;
        this.model = model;
        predictor = model.newPredictor(new NoopTranslator(null));
        input = model.getNDManager().create(0f);
    }

    static DjlEngine open(MgnSpec spec, Precision precision, Path file) {
        // Everything is on the class path; nothing may be fetched, and nobody told.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Model model = Model.newInstance("mgn", "PyTorch");
        try {
            model.load(
                    Objects.requireNonNull(file.toAbsolutePath().getParent()),
                    file.getFileName().toString());
            return new DjlEngine(spec, precision, model);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new EngineException("DJL cannot open " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return DjlProvider.NAME;
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
        return Layout.NHWC;
    }

    @Override
    public synchronized void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(spec, images, batch, features);
        InputSize size = spec.input();
        int values = 3 * batch * size.height() * size.width();
        if (memory.capacity() != values * Float.BYTES) {
            input.close();
            memory = ByteBuffer.allocateDirect(values * Float.BYTES).order(ByteOrder.nativeOrder());
            input = model.getNDManager()
                    .create(memory, new Shape(batch, size.height(), size.width(), 3), DataType.FLOAT32);
        }
        memory.asFloatBuffer().put(0, images, 0, values);
        try (NDList result = predictor.predict(new NDList(input))) {
            ByteBuffer bytes = result.singletonOrThrow().toByteBuffer();
            features.put(0, bytes.order(ByteOrder.nativeOrder()).asFloatBuffer(), 0, batch * spec.featureLength());
        } catch (TranslateException e) {
            throw new IllegalStateException("DJL failed on a batch of " + batch + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        predictor.close();
        model.close();
    }
}
