package io.github.mgn4j.loss;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The loss of mgn-losses as a graph of its own. In its package, because only terms of an objective may build it. */
public final class SameDiffTriplet {
    private SameDiffTriplet() {}

    /** Returns the loss (a scalar) and its gradient with respect to the vectors. */
    public static List<INDArray> lossAndGradient(TripletLoss loss, INDArray vectors, INDArray oneHot) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", vectors);
        SDVariable labels = sd.placeHolder("labels", vectors.dataType(), -1, oneHot.size(1));
        SDVariable value = loss.apply(sd, x, labels);
        sd.setLossVariables(value.name());
        var both = sd.calculateGradientsAndOutputs(
                Map.of("labels", oneHot.castTo(vectors.dataType())), List.of(value.name()), List.of("x"));
        return List.of(
                Objects.requireNonNull(both.getOutputs().get(value.name())),
                Objects.requireNonNull(both.getGradients().get("x")));
    }
}
