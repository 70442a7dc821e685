package io.github.mgn4j.train;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.OutAndGrad;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients by SameDiff's own interpreter. */
public final class SameDiffGradients implements GradientExecutor {
    private final SameDiff sd;
    private final List<String> outputs;
    private final List<String> parameters;
    private Result last = new Result(Map.of(), Map.of());

    /**
     * Prepares runs of a graph with a loss variable.
     *
     * @param outputs names of the variables whose values are wanted
     * @param parameters names of the variables whose gradients are wanted
     */
    public SameDiffGradients(SameDiff sd, Collection<String> outputs, Collection<String> parameters) {
        this.sd = sd;
        this.outputs = List.copyOf(outputs);
        this.parameters = List.copyOf(parameters);
    }

    @Override
    public Result run(Map<String, INDArray> placeholders) {
        release();
        OutAndGrad both = sd.calculateGradientsAndOutputs(placeholders, outputs, parameters);
        last = new Result(both.getOutputs(), both.getGradients());
        return last;
    }

    private void release() {
        last.outputs().values().forEach(Nd::close);
        last.gradients().values().forEach(Nd::close);
        last = new Result(Map.of(), Map.of());
    }

    @Override
    public void close() {
        release();
    }
}
