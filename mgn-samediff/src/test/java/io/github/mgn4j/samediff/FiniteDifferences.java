package io.github.mgn4j.samediff;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks SameDiff's gradients of a double precision graph against central differences. */
final class FiniteDifferences {
    private static final double STEP = 1e-6;

    private FiniteDifferences() {}

    /** The largest difference between gradient and central difference over all elements of a variable. */
    static double largestError(SameDiff sd, SDVariable loss, SDVariable variable, Map<String, INDArray> inputs) {
        sd.setLossVariables(loss);
        INDArray gradient = sd.calculateGradients(inputs, variable.name())
                .get(variable.name())
                .dup();
        INDArray value = variable.getArr();
        double worst = 0;
        for (long i = 0; i < value.length(); i++) {
            double original = value.getDouble(i);
            value.putScalar(i, original + STEP);
            double above = sd.output(inputs, loss.name()).get(loss.name()).getDouble(0);
            value.putScalar(i, original - STEP);
            double below = sd.output(inputs, loss.name()).get(loss.name()).getDouble(0);
            value.putScalar(i, original);
            worst = Math.max(worst, Math.abs((above - below) / (2 * STEP) - gradient.getDouble(i)));
        }
        return worst;
    }
}
