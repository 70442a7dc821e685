package io.github.mgn4j.onednn;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BatchSharing;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.PlanCache;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * Runs a model as oneDNN primitives on the CPU's cores. A batch is divided among them as {@link BatchSharing} says. The first
 * piece of a size compiles a plan for it, and the very first one also packs the weights, which all plans share. Calls
 * from several threads, to this and other oneDNN engines, run one after the other.
 */
final class OneDnnEngine implements Engine {
    static final String NAME = "onednn";

    /**
     * Least images of a piece: with fewer, Winograd's convolutions are too small. A batch of 16 has two pieces for each of
     * two cores.
     */
    private static final int PIECE = 4;

    /** What a plan is made for. */
    private record Shape(int images, int threads) {}

    private final MgnSpec spec;
    private final Precision precision;
    private final Network network;
    private final List<TensorType> types;
    private final Resources resources = new Resources();
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final PackedWeights weights;
    /** The plans of each worker, used by one thread at a time. */
    private final List<PlanCache<Shape, Plan>> plans;

    private final BatchSharing batches; // used only on the native thread

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
        plans = Stream.generate(() -> new PlanCache<>(this::compile, Plan::close))
                .limit(OpenMp.cores())
                .toList();
        batches = OpenMp.isAdjustable()
                ? new BatchSharing(NativeThread.workers(), OpenMp.cores(), PIECE, this::plan)
                : new BatchSharing(
                        NativeThread.workers(),
                        1,
                        PIECE,
                        (worker, images, all) -> plan(worker, images, OpenMp.cores()));
    }

    private BatchSharing.Plan plan(int worker, int images, int threads) {
        Plan plan = plans.get(worker).get(new Shape(images, threads));
        return (from, to) -> plan.run(stream, from, to);
    }

    private Plan compile(Shape shape) {
        return PlanCompiler.compile(network, weights, types, shape.images, shape.threads, engine);
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
            batches.run(batch, from, to);
        });
    }

    @Override
    public void close() {
        NativeThread.run(() -> {
            closed = true;
            plans.forEach(PlanCache::close);
            resources.close();
        });
    }
}
