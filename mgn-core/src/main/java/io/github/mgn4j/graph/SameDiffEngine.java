package io.github.mgn4j.graph;

import com.google.common.base.Preconditions;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the inference graph with SameDiff. Calls from several threads are run one after the other, on one thread of the
 * engine's own: SameDiff keeps a session with its arrays for every thread that ever called it.
 */
public final class SameDiffEngine implements Engine {
    static final String NAME = "samediff";

    private final InferenceGraph graph;
    private final ExecutorService thread;

    /** Opens a model in the layout that is fast on the current backend: NHWC on CPUs, NCHW elsewhere. */
    public SameDiffEngine(Model model) {
        this(model, Nd4j.getBackend().getClass().getSimpleName().contains("Cpu") ? Layout.NHWC : Layout.NCHW);
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
        InputSize input = spec().input();
        long wanted = 3L * batch * input.height() * input.width();
        Preconditions.checkArgument(batch >= 1, "batch must be at least 1, not %s", batch);
        Preconditions.checkArgument(
                images.limit() >= wanted, "images hold %s values, wanted %s", images.limit(), wanted);
        Preconditions.checkArgument(
                features.limit() >= (long) batch * spec().dims(),
                "features have room for %s values, wanted %s x %s",
                features.limit(),
                batch,
                spec().dims());
        onThread(() -> runOnThread(images.duplicate().position(0).limit((int) wanted), batch, features.duplicate()));
    }

    private void runOnThread(FloatBuffer images, int batch, FloatBuffer features) {
        InputSize input = spec().input();
        long[] shape = inputLayout() == Layout.NHWC
                ? new long[] {batch, input.height(), input.width(), 3}
                : new long[] {batch, 3, input.height(), input.width()};
        try (INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c')) {
            array.data().asNioFloat().put(images);
            Map<String, INDArray> outputs =
                    graph.sd().output(Map.of(InferenceGraph.IMAGES, array), InferenceGraph.FEATURES);
            INDArray result = Objects.requireNonNull(outputs.get(InferenceGraph.FEATURES));
            features.position(0).put(result.dup('c').data().asNioFloat());
            outputs.values().stream().filter(INDArray::closeable).forEach(INDArray::close);
        }
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
        onThread(graph::close);
        thread.shutdown();
    }
}
