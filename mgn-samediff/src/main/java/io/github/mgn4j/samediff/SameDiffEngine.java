package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.internal.BatchSharing;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.PlanCache;
import io.github.mgn4j.engine.internal.SingleThread;
import io.github.mgn4j.engine.internal.Workers;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.CpuThreads;
import io.github.mgn4j.samediff.internal.CudaBackend;
import io.github.mgn4j.samediff.internal.InferenceGraph;
import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the inference graph as a {@link GraphPlan} on the available ND4J backend. CPUs divide a batch among their cores. The
 * first piece of a size plans it, which takes about as long as running it; the plans of the most recently used sizes are
 * kept. Concurrent calls run one after the other, on threads of the engine.
 */
public final class SameDiffEngine implements Engine {
    static final String NAME = "samediff";

    /** Least images of a piece: oneDNN, as ND4J calls it, rearranges the weights for every one. */
    private static final int PIECE = 8;

    private final InferenceGraph graph;
    private final SingleThread thread = SingleThread.create("mgn-samediff");
    private final int cores = CpuThreads.cores();
    private final Workers workers = new Workers("mgn-samediff-helper", cores, CpuThreads::use);
    /** The plans of each worker, used by one thread at a time. */
    private final List<PlanCache<Integer, GraphPlan>> plans = Stream.generate(
                    () -> new PlanCache<>(this::createPlan, GraphPlan::close))
            .limit(cores)
            .toList();

    /** Used only on the engine's thread. */
    private final BatchSharing batches =
            new BatchSharing(workers, cores, PIECE, (worker, images, threads) -> plan(worker, images));

    /** Opens a model in the layout that is fast on the current backend: NHWC on CPUs, NCHW elsewhere. */
    public SameDiffEngine(Model model) {
        this(model, layoutOfBackend());
    }

    private static Layout layoutOfBackend() {
        CudaBackend.check();
        return Nd4j.getBackend().getClass().getSimpleName().contains("Cpu") ? Layout.NHWC : Layout.NCHW;
    }

    /** Opens a model in a layout. */
    public SameDiffEngine(Model model, Layout layout) {
        graph = InferenceGraph.of(model, layout);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MgnSpec spec() {
        return graph.spec();
    }

    @Override
    public Layout inputLayout() {
        return graph.layout();
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(spec(), images, batch, features);
        InputSize input = spec().input();
        int length = 3 * batch * input.height() * input.width();
        FloatBuffer from = images.duplicate().position(0).limit(length);
        FloatBuffer to = features.duplicate().position(0).limit(batch * spec().featureLength());
        thread.run(() -> batches.run(batch, from, to));
    }

    private BatchSharing.Plan plan(int worker, int images) {
        GraphPlan plan = plans.get(worker).get(images);
        return (from, to) -> run(plan, from, to);
    }

    private static void run(GraphPlan plan, FloatBuffer images, FloatBuffer features) {
        plan.input(InferenceGraph.IMAGES).data().asNioFloat().put(images);
        plan.run();
        FloatBuffer result = plan.output(InferenceGraph.FEATURES).data().asNioFloat();
        features.put(result.position(0).limit(features.remaining()));
    }

    /** Plans a batch. One worker at a time, because the graph is shared. */
    private synchronized GraphPlan createPlan(int batch) {
        return GraphPlan.of(
                graph.sd(), Map.of(InferenceGraph.IMAGES, graph.imageShape(batch)), List.of(InferenceGraph.FEATURES));
    }

    @Override
    public void close() {
        thread.close(() -> {
            workers.close();
            plans.forEach(PlanCache::close);
            graph.close();
        });
    }
}
