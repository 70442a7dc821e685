package io.github.mgn4j.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.loss.CustomTerm;
import io.github.mgn4j.loss.LossTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.MgnSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A program's own losses, written with nothing but what is public. */
class CustomTermTest {
    private static final MgnSpec SPEC = MgnSpec.mgn(3);
    private static final GlobalFeature G1 = SPEC.globalFeatures().get(0);
    private static final int[] LABELS = {0, 0, 2, 1, 2, 0};

    /** Mean squared distance of the vectors to the mean of their identity in the batch; every variable has a name. */
    private static SDVariable centre(SameDiff sd, SDVariable vectors, SDVariable oneHot) {
        SDVariable same = sd.mmul("same", oneHot, oneHot, false, true, false);
        SDVariable centres = sd.mmul(same, vectors).div("centres", same.sum(true, 1));
        return sd.math().square(vectors.sub(centres)).sum(1).mean("distance");
    }

    private static double naive(double[][] vectors) {
        double sum = 0;
        for (int i = 0; i < LABELS.length; i++) {
            for (int d = 0; d < vectors[i].length; d++) {
                double centre = 0;
                int count = 0;
                for (int j = 0; j < LABELS.length; j++) {
                    if (LABELS[j] == LABELS[i]) {
                        centre += vectors[j][d];
                        count++;
                    }
                }
                sum += Math.pow(vectors[i][d] - centre / count, 2);
            }
        }
        return sum / LABELS.length;
    }

    @Test
    void itsWeightedValueAndGradientAreInTheTotal() {
        List<CustomTerm> terms = SPEC.globalFeatures().stream()
                .map(g -> CustomTerm.onVector("centre", g, 0.25, CustomTermTest::centre))
                .toList();
        Objective objective = Objective.mgn(SPEC).with(terms);
        objective.check(SPEC, LABELS.length);
        Nd4j.getRandom().setSeed(7);
        INDArray g1 = Nd4j.randn(DataType.DOUBLE, LABELS.length, 4);
        Result found = run(objective, g1);
        double centre = found.value("centre/g1");
        assertThat(centre).isCloseTo(naive(g1.toDoubleMatrix()), within(1e-12));
        double custom = 0.25 * (centre + found.value("centre/g2") + found.value("centre/g3"));
        assertThat(found.value("total"))
                .isCloseTo(found.value("softmax") + found.value("triplet") + custom, within(1e-12));

        INDArray plain = run(Objective.mgn(SPEC), g1).gradient();
        INDArray added = found.gradient().sub(plain);
        for (int i = 0; i < LABELS.length; i++) {
            double[][] up = g1.toDoubleMatrix();
            double[][] down = g1.toDoubleMatrix();
            up[i][1] += 1e-6;
            down[i][1] -= 1e-6;
            assertThat(added.getDouble(i, 1)).isCloseTo(0.25 * (naive(up) - naive(down)) / 2e-6, within(1e-8));
        }
    }

    private record Result(ObjectiveGraph graph, Map<String, INDArray> outputs, INDArray gradient) {
        double value(String name) {
            String variable = switch (name) {
                case "total" -> graph.total();
                case "softmax" -> graph.softmax();
                case "triplet" -> graph.triplet();
                default -> Objects.requireNonNull(graph.terms().get(name));
            };
            return Objects.requireNonNull(outputs.get(variable)).getDouble(0);
        }
    }

    private static Result run(Objective objective, INDArray g1) {
        SameDiff sd = SameDiff.create();
        for (FeaturePart part : SPEC.features()) {
            sd.var(
                    "logits_" + part.name(),
                    Nd4j.linspace(DataType.DOUBLE, -1, 0.1, 18).reshape(6, 3));
            INDArray vectors = Nd4j.linspace(DataType.DOUBLE, -1, 0.3, 24).reshape(6, 4);
            sd.var("reduced_" + part.name(), part.equals(G1) ? g1.dup() : vectors);
        }
        ObjectiveGraph graph = ObjectiveGraph.add(
                sd,
                objective,
                LABELS.length,
                3,
                part -> sd.getVariable("logits_" + part.name()),
                part -> sd.getVariable("reduced_" + part.name()));
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, LABELS.length, 3);
        for (int i = 0; i < LABELS.length; i++) {
            labels.putScalar(i, LABELS[i], 1);
        }
        var both =
                sd.calculateGradientsAndOutputs(Map.of(graph.labels(), labels), graph.outputs(), List.of("reduced_g1"));
        return new Result(
                graph,
                both.getOutputs(),
                Objects.requireNonNull(both.getGradients().get("reduced_g1")));
    }

    @Test
    void vectorsOfStripesAreReadOnlyByName() {
        assertThat(LossTerm.class.isSealed()).isTrue();
        assertThat(Arrays.stream(CustomTerm.class.getMethods())
                        .filter(m -> m.getName().equals("onVector"))
                        .flatMap(m -> Arrays.stream(m.getParameterTypes())))
                .contains(GlobalFeature.class)
                .doesNotContain(FeaturePart.class);
        CustomTerm stripe = CustomTerm.onStripeAgainstThePaper(
                "centre", SPEC.localFeatures().get(0), 1, CustomTermTest::centre);
        assertThat(new Objective(List.of(stripe)).table())
                .contains("p2_0", "centre of vectors (a stripe, against the paper)");
    }

    @Test
    void itStaysWhereTheOthersAreLeftOut() {
        CustomTerm centre = CustomTerm.onVector("centre", G1, 2, CustomTermTest::centre);
        assertThat(Objective.mgn(SPEC).with(List.of(centre)).weighted(0, 0).terms())
                .containsExactly(centre);
        assertThatThrownBy(() -> new Objective(List.of(centre)).with(List.of(centre)))
                .hasMessage("the objective has two terms called 'centre/g1'");
    }

    @Test
    void whatIsNoLossIsRefusedBeforeTheFirstStep() {
        assertRefused(
                (sd, x, y) -> sd.math().square(x).sum(1), "the loss 'mine/g1' must be a scalar, not of shape [6]");
        assertRefused((sd, x, y) -> y.sum().mean(), "the loss 'mine/g1' does not depend on its input");
        assertRefused(
                (sd, x, y) ->
                        x.mul(sd.var("centres", Nd4j.ones(DataType.FLOAT, 1))).mean(),
                "the loss 'mine/g1' has a trainable variable 'centres', which nothing would train:"
                        + " compute it from the input, or use a constant");
        assertRefused(
                (sd, x, y) -> sd.mmul(x, y).mean(),
                "the loss 'mine/g1' cannot be computed for an input of [6, 256] and labels of [6, 3]: ");
        CustomTerm.Loss mean = (sd, x, y) -> x.mean();
        for (String kind : List.of("softmax", "triplet", "My", "a/b", "")) {
            assertThatThrownBy(() -> CustomTerm.onVector(kind, G1, 1, mean))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("not '" + kind + "'");
        }
        assertThatThrownBy(() -> CustomTerm.onLogits("mine", G1, -1, mean))
                .hasMessage("the weight of a loss must be above 0, not -1.0");
    }

    private static void assertRefused(CustomTerm.Loss loss, String message) {
        Objective objective = Objective.mgn(SPEC).with(List.of(CustomTerm.onVector("mine", G1, 1, loss)));
        assertThatThrownBy(() -> objective.check(SPEC, LABELS.length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
