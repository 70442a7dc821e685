package io.github.mgn4j.graph;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.plan.GraphPlan;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the inference graph as a {@link GraphPlan} on whatever ND4J backend there is. The first batch of a size plans it,
 * which takes about as long as running it; the plans of the last few sizes are kept. Calls from several threads are run
 * one after the other, on one thread of the engine's own.
 */
public final class SameDiffEngine implements Engine {
    static final String NAME = "samediff";

    /** Plans kept: a batch size, what is left of it at the end, single images, and one more. */
    private static final int MAX_PLANS = 4;

    private final InferenceGraph graph;
    private final ExecutorService thread;
    /** By batch size, the longest unused first; used on the engine's thread alone. */
    private final LinkedHashMap<Integer, GraphPlan> plans = new LinkedHashMap<>(MAX_PLANS, 0.75f, true);

    /** Opens a model in the layout that is fast on the current backend: NHWC on CPUs, NCHW elsewhere. */
    public SameDiffEngine(Model model) {
        this(model, layoutOfBackend());
    }

    private static Layout layoutOfBackend() {
        CudaBackend.check();
        return Nd4j.getBackend().getClass().getSimpleName().contains("Cpu") ? Layout.NHWC : Layout.NCHW;
    }

    /** Opens a model in a given layout. */
    public SameDiffEngine(Model model, Layout layout) {
        graph = InferenceGraph.of(model, layout);
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, "mgn-samediff");
            worker.setDaemon(true);
            return worker;
        });
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
        Engines.checkBuffers(spec(), images, batch, features);
        InputSize input = spec().input();
        int wanted = 3 * batch * input.height() * input.width();
        onThread(() -> runOnThread(images.duplicate().position(0).limit(wanted), batch, features.duplicate()));
    }

    private void runOnThread(FloatBuffer images, int batch, FloatBuffer features) {
        GraphPlan plan = plan(batch);
        plan.input(InferenceGraph.IMAGES).data().asNioFloat().put(images);
        plan.run();
        FloatBuffer result = plan.output(InferenceGraph.FEATURES).data().asNioFloat();
        features.position(0).put(result.position(0).limit(batch * spec().dims()));
    }

    private GraphPlan plan(int batch) {
        GraphPlan known = plans.get(batch);
        if (known != null) {
            return known;
        }
        if (plans.size() == MAX_PLANS) {
            Iterator<GraphPlan> oldest = plans.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        InputSize input = spec().input();
        GraphPlan made = GraphPlan.of(
                graph.sd(),
                Map.of(InferenceGraph.IMAGES, Maps.imageShape(inputLayout(), batch, input.height(), input.width())),
                List.of(InferenceGraph.FEATURES));
        plans.put(batch, made);
        return made;
    }

    private void onThread(Runnable task) {
        try {
            Uninterruptibles.getUninterruptibly(thread.submit(task));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the engine is closed", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        onThread(() -> {
            plans.values().forEach(GraphPlan::close);
            graph.close();
        });
        thread.shutdown();
    }
}
