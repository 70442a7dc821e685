package io.github.mgn4j.loss;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a custom loss once on zeros, because SameDiff reports a wrong graph late and unclearly. */
final class TermCheck {
    private static final String INPUT = "checked_input";

    private TermCheck() {}

    /**
     * Checks that a loss can be computed.
     *
     * @param width length of its input vectors
     * @throws IllegalArgumentException naming the term, if it cannot be computed
     */
    static void run(CustomTerm term, int batch, int width, int classes) {
        SameDiff sd = SameDiff.create();
        SDVariable input = sd.var(INPUT, Nd4j.zeros(DataType.FLOAT, batch, width));
        INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, classes);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i * classes / batch, 1);
        }
        long[] shape;
        SDVariable loss;
        try {
            loss = term.apply(sd, input, sd.constant(labels));
            shape = loss.eval().shape();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the loss '%s' cannot be computed for an input of [%d, %d] and labels of [%d, %d]: %s"
                            .formatted(term.name(), batch, width, batch, classes, e.getMessage()),
                    e);
        }
        check(term, shape.length == 0, "must be a scalar, not of shape " + Arrays.toString(shape));
        sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE
                        && !v.name().equals(INPUT))
                .findFirst()
                .ifPresent(v -> check(
                        term,
                        false,
                        "has a trainable variable '" + v.name()
                                + "', which nothing would train: compute it from the input, or use a constant"));
        check(term, dependent(sd).contains(loss.name()), "does not depend on its input");
    }

    /** Returns the names of the variables that are computed from the input. */
    private static Set<String> dependent(SameDiff sd) {
        Set<String> names = new HashSet<>(Set.of(INPUT));
        for (DifferentialFunction op : sd.ops()) { // in the order of creation
            if (Stream.of(op.args()).anyMatch(arg -> names.contains(arg.name()))) {
                Stream.of(op.outputVariables()).forEach(output -> names.add(output.name()));
            }
        }
        return names;
    }

    private static void check(CustomTerm term, boolean valid, String what) {
        if (!valid) {
            throw new IllegalArgumentException("the loss '" + term.name() + "' " + what);
        }
    }
}
