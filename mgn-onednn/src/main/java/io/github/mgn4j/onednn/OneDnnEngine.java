package io.github.mgn4j.onednn;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.PlanCache;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * Runs a model as oneDNN primitives on the CPU's cores. The first batch of a size compiles a plan for it, and the very
 * first batch also packs the weights. The plans of the last few sizes are kept and share the weights. Calls from
 * several threads, to this and other oneDNN engines, run one after the other.
 */
final class OneDnnEngine implements Engine {
    static final String NAME = "onednn";

    private final MgnSpec spec;
    private final Precision precision;
    private final Network network;
    private final List<TensorType> types;
    private final Resources resources = new Resources();
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final PackedWeights weights;
    /** Used only on the native thread. */
    private final PlanCache<Integer, Plan> plans;

    private boolean closed; // used only on the native thread

    OneDnnEngine(Model model, PrecisionPolicy arithmetic) {
        spec = model.spec();
        precision = arithmetic.precision();
        network = Network.of(model);
        types = arithmetic.types(network);
        try {
            engine = Dnnl.engine(resources);
            stream = Dnnl.stream(engine, resources);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
        weights = resources.own(new PackedWeights(model.weights(), engine, stream), PackedWeights::close);
        plans = new PlanCache<>(batch -> PlanCompiler.compile(network, weights, types, batch, engine), Plan::close);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public MgnSpec spec() {
        return spec;
    }

    @Override
    public Layout inputLayout() {
        return Layout.NHWC;
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(spec, images, batch, features);
        InputSize input = spec.input();
        FloatBuffer from = images.duplicate().position(0).limit(3 * batch * input.height() * input.width());
        FloatBuffer to = features.duplicate().position(0).limit(batch * spec.featureLength());
        NativeThread.run(() -> {
            Preconditions.checkState(!closed, "the engine is closed");
            plans.get(batch).run(stream, from, to);
        });
    }

    @Override
    public void close() {
        NativeThread.run(() -> {
            closed = true;
            plans.close();
            resources.close();
        });
    }
}
