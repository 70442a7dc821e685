package io.github.mgn4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.MgnSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ObjectiveTest {
    private static final MgnSpec SPEC = MgnSpec.mgn(3);

    @Test
    void thePapersIsEightSoftmaxAndThreeGlobalTripletTerms() {
        Objective objective = Objective.mgn(SPEC);
        assertThat(objective.softmaxTerms())
                .hasSize(8)
                .allSatisfy(t -> assertThat(t.weight()).isEqualTo(1.0 / 8));
        assertThat(objective.tripletTerms()).hasSize(3).allSatisfy(t -> {
            assertThat(t.feature()).isInstanceOf(GlobalFeature.class);
            assertThat(t.weight()).isEqualTo(1.0 / 3);
            assertThat(t.loss().margin()).isEqualTo(1.2);
        });
    }

    @Test
    void weightsCanBeMultipliedOrTermsLeftOut() {
        Objective doubled = Objective.mgn(SPEC).weighted(2, 0.5);
        assertThat(doubled.softmaxTerms())
                .hasSize(8)
                .allSatisfy(t -> assertThat(t.weight()).isEqualTo(0.25));
        assertThat(doubled.tripletTerms())
                .hasSize(3)
                .allSatisfy(t -> assertThat(t.weight()).isEqualTo(0.5 / 3));
        assertThat(Objective.mgn(SPEC).weighted(1, 0).tripletTerms()).isEmpty();
        assertThat(Objective.mgn(SPEC).weighted(0, 1).softmaxTerms()).isEmpty();
        assertThatThrownBy(() -> Objective.mgn(SPEC).weighted(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTableNamesEveryTerm() {
        String table = Objective.mgn(SPEC).table();
        assertThat(table.lines()).hasSize(12);
        assertThat(table)
                .contains("p3_2       local   0.1250   cross entropy")
                .contains("g3         global  0.3333   batch-hard triplet, margin 1.2");
    }

    @Test
    void aStripeMeetsTheTripletLossOnlyByName() {
        LossTerm term = TripletTerm.onStripeAgainstThePaper(SPEC.localFeatures().get(0), 1, TripletLoss.standard());
        assertThat(term.name()).isEqualTo("triplet/p2_0");
        assertThat(new Objective(List.of(term)).table()).contains("against the paper");
        assertThat(Arrays.stream(TripletTerm.class.getMethods())
                        .filter(m -> m.getName().equals("of"))
                        .flatMap(m -> Arrays.stream(m.getParameterTypes())))
                .contains(GlobalFeature.class)
                .doesNotContain(FeaturePart.class);
    }

    @Test
    void aNetworkWithoutGlobalFeaturesHasNoTriplet() {
        MgnSpec spec = SPEC.toBuilder().branches(Branch.part(2).withoutGlobal()).build();
        assertThat(Objective.mgn(spec).tripletTerms()).isEmpty();
        assertThat(values(Objective.mgn(spec), spec).get("triplet")).isZero();
    }

    @Test
    void theTotalIsTheWeightedSumOfItsTerms() {
        Map<String, Double> values = values(Objective.mgn(SPEC), SPEC);
        double softmax = SPEC.features().stream()
                .mapToDouble(f -> values.get("softmax/" + f.name()))
                .average()
                .orElseThrow();
        double triplet = SPEC.globalFeatures().stream()
                .mapToDouble(f -> values.get("triplet/" + f.name()))
                .average()
                .orElseThrow();
        assertThat(values.get("softmax")).isPositive().isCloseTo(softmax, within(1e-12));
        assertThat(values.get("triplet")).isPositive().isCloseTo(triplet, within(1e-12));
        assertThat(values.get("total")).isCloseTo(softmax + triplet, within(1e-12));
    }

    @Test
    void refusesTermsThatDoNotFit() {
        SoftmaxTerm term = new SoftmaxTerm(SPEC.features().get(0), 1, SoftmaxLoss.plain());
        assertThatThrownBy(() -> new Objective(List.of(term, term)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("softmax/g1");
        assertThatThrownBy(() -> new Objective(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SoftmaxTerm(SPEC.features().get(0), 0, SoftmaxLoss.plain()))
                .hasMessage("the weight of a loss must be above 0, not 0.0");
        MgnSpec other = SPEC.toBuilder().branches(Branch.part(4)).build();
        assertThatThrownBy(() -> Objective.mgn(other).check(SPEC, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("softmax/p4_0");
    }

    /** Runs an objective on random logits and features, and checks that every one of them has a gradient. */
    private static Map<String, Double> values(Objective objective, MgnSpec spec) {
        SameDiff sd = SameDiff.create();
        Map<FeaturePart, SDVariable> logits = new HashMap<>();
        Map<FeaturePart, SDVariable> reduced = new HashMap<>();
        Nd4j.getRandom().setSeed(5);
        for (FeaturePart part : spec.features()) {
            logits.put(part, sd.var("logits_" + part.name(), Nd4j.randn(DataType.DOUBLE, 6, 3)));
            reduced.put(part, sd.var("reduced_" + part.name(), Nd4j.randn(DataType.DOUBLE, 6, 4)));
        }
        ObjectiveGraph graph = ObjectiveGraph.add(sd, objective, 6, 3, logits::get, reduced::get);
        List<String> trained = objective.terms().stream()
                .map(t -> (t instanceof TripletTerm ? "reduced_" : "logits_")
                        + t.feature().name())
                .toList();
        var both = sd.calculateGradientsAndOutputs(
                Map.of(graph.labels(), LossGraph.oneHot(new int[] {0, 0, 1, 1, 2, 2}, 3, DataType.DOUBLE)),
                graph.outputs(),
                trained);
        trained.forEach(name -> assertThat(
                        LossGraph.named(both.getGradients(), name).norm1Number().doubleValue())
                .as(name)
                .isPositive());
        Map<String, Double> values = new HashMap<>();
        values.put("total", LossGraph.named(both.getOutputs(), graph.total()).getDouble(0));
        values.put(
                "softmax", LossGraph.named(both.getOutputs(), graph.softmax()).getDouble(0));
        values.put(
                "triplet", LossGraph.named(both.getOutputs(), graph.triplet()).getDouble(0));
        graph.terms()
                .forEach((term, name) -> values.put(
                        term, LossGraph.named(both.getOutputs(), name).getDouble(0)));
        return values;
    }
}
