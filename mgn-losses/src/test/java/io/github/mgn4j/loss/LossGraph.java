package io.github.mgn4j.loss;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A loss over one trainable matrix, run through SameDiff. */
final class LossGraph {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(double loss, double[][] gradient) {}

    /** Value and gradient of a loss times {@code weight}, so that the gradient from above is seen to count. */
    static Result run(double[][] input, int[] labels, int classes, DataType type, double weight, SubGraph loss) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", Nd4j.createFromArray(input).castTo(type));
        SDVariable oneHot = sd.placeHolder("labels", type, -1, classes);
        SDVariable value = loss.apply(sd, x, oneHot).mul("weighted", weight);
        sd.setLossVariables(value.name());
        var both = sd.calculateGradientsAndOutputs(
                Map.of("labels", oneHot(labels, classes, type)), List.of(value.name()), List.of("x"));
        INDArray gradient = named(both.getGradients(), "x").castTo(DataType.DOUBLE);
        return new Result(named(both.getOutputs(), value.name()).getDouble(0) / weight, rows(gradient.div(weight)));
    }

    @FunctionalInterface
    interface SubGraph {
        SDVariable apply(SameDiff sd, SDVariable input, SDVariable oneHot);
    }

    static INDArray oneHot(int[] labels, int classes, DataType type) {
        INDArray oneHot = Nd4j.zeros(type, labels.length, classes);
        for (int i = 0; i < labels.length; i++) {
            oneHot.putScalar(i, labels[i], 1);
        }
        return oneHot;
    }

    /** Central differences of a plain-Java loss. */
    static double[][] differences(double[][] input, BiFunction<double[][], int[], Double> loss, int[] labels) {
        double step = 1e-6;
        double[][] gradient = new double[input.length][input[0].length];
        for (int i = 0; i < input.length; i++) {
            for (int j = 0; j < input[0].length; j++) {
                double kept = input[i][j];
                input[i][j] = kept + step;
                double up = loss.apply(input, labels);
                input[i][j] = kept - step;
                double down = loss.apply(input, labels);
                input[i][j] = kept;
                gradient[i][j] = (up - down) / (2 * step);
            }
        }
        return gradient;
    }

    /** What a run computed under a name. */
    static INDArray named(Map<String, INDArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    private static double[][] rows(INDArray matrix) {
        return matrix.toDoubleMatrix();
    }

    private LossGraph() {}
}
