package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PlannedGradientsTest {
    /** SameDiff calls the first of the summands {@code x-grad}: the sum has another name. */
    @Test
    void aVariableThatIsUsedTwiceHasTheSumOfBothGradients() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.placeHolder("a", DataType.DOUBLE, 2);
        SDVariable x = sd.var("x", Nd4j.create(new double[] {3, -2}));
        SDVariable unused = sd.var("unused", Nd4j.create(new double[] {1}));
        SDVariable loss = x.mul(x).add(x.mul(a)).add(sd.math().exp(x)).sum("loss");
        sd.setLossVariables(loss.name());
        try (PlannedGradients gradients =
                new PlannedGradients(sd, List.of("loss"), List.of("x", unused.name()), Kernels.NONE)) {
            INDArray given = Nd4j.create(new double[] {5, 7});
            PlannedGradients.Result result = gradients.run(Map.of("a", given));
            assertThat(result.gradients()).containsOnlyKeys("x");
            assertThat(NdArrays.named(result.gradients(), "x").toDoubleVector())
                    .containsExactly(new double[] {6 + 5 + Math.exp(3), -4 + 7 + Math.exp(-2)}, within(1e-12));
        }
    }
}
