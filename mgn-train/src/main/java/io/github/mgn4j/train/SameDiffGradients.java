package io.github.mgn4j.train;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients by SameDiff's own interpreter, over arrays that are used again in every run. */
public final class SameDiffGradients implements GradientExecutor {
    /** The name that SameDiff gives it; its own constant is not public. */
    private static final String GRADIENT_FUNCTION = "grad";

    private final SameDiff sd;
    private final List<String> outputs;
    private final List<String> parameters;
    private final ArrayPool pool = new ArrayPool();
    private final Thread owner = Thread.currentThread();

    /**
     * Prepares runs of a graph with a loss variable, by the thread that calls this.
     *
     * @param outputs names of the variables whose values are wanted
     * @param parameters names of the variables whose gradients are wanted
     */
    public SameDiffGradients(SameDiff sd, Collection<String> outputs, Collection<String> parameters) {
        this.sd = sd;
        this.outputs = List.copyOf(outputs);
        this.parameters = List.copyOf(parameters);
        sd.createGradFunction(this.parameters.toArray(new String[0]));
        SameDiff gradient = sd.getFunction(GRADIENT_FUNCTION);
        InferenceSession session = new InferenceSession(gradient);
        session.setMmgr(pool);
        gradient.getSessions().put(owner.getId(), session);
    }

    @Override
    public Result run(Map<String, INDArray> placeholders) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("made by thread '%s', used by '%s': one thread has to do both"
                    .formatted(owner.getName(), Thread.currentThread().getName()));
        }
        pool.endRun();
        OutAndGrad both = sd.calculateGradientsAndOutputs(placeholders, outputs, parameters);
        return new Result(both.getOutputs(), both.getGradients());
    }

    /** Native memory of all arrays between the placeholders and the results. */
    public long bytes() {
        return pool.bytes();
    }

    @Override
    public void close() {
        pool.close();
    }
}
