package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.PlanCache;
import io.github.mgn4j.engine.internal.SingleThread;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.CudaBackend;
import io.github.mgn4j.samediff.internal.InferenceGraph;
import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the inference graph as a {@link GraphPlan} on the available ND4J backend. The first batch of a size plans it, which
 * takes about as long as running it; the plans of the most recently used sizes are kept. Concurrent calls run one after the
 * other, on a thread of the engine.
 */
public final class SameDiffEngine implements Engine {
    static final String NAME = "samediff";

    private final InferenceGraph graph;
    private final SingleThread thread = SingleThread.create("mgn-samediff");
    /** Accessed only on the engine's thread. */
    private final PlanCache<Integer, GraphPlan> plans = new PlanCache<>(this::createPlan, GraphPlan::close);

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
        thread.run(() -> runOnThread(images.duplicate().position(0).limit(length), batch, features.duplicate()));
    }

    private void runOnThread(FloatBuffer images, int batch, FloatBuffer features) {
        GraphPlan plan = plans.get(batch);
        plan.input(InferenceGraph.IMAGES).data().asNioFloat().put(images);
        plan.run();
        FloatBuffer result = plan.output(InferenceGraph.FEATURES).data().asNioFloat();
        features.position(0).put(result.position(0).limit(batch * spec().featureLength()));
    }

    private GraphPlan createPlan(int batch) {
        return GraphPlan.of(
                graph.sd(), Map.of(InferenceGraph.IMAGES, graph.imageShape(batch)), List.of(InferenceGraph.FEATURES));
    }

    @Override
    public void close() {
        thread.close(() -> {
            plans.close();
            graph.close();
        });
    }
}
