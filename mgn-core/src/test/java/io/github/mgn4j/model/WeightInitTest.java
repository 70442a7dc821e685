package io.github.mgn4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightInitTest {
    private static final MgnSpec SPEC =
            MgnSpec.builder().backbone(50, 0.25).classes(200).build();
    private static final Weights WEIGHTS = WeightInit.initialise(SPEC, 11).weights();

    @Test
    void deviationsFollowTheRecipe() {
        assertNormal("trunk.conv1.weight", 0, Math.sqrt(2.0 / (16 * 49)));
        assertNormal("trunk.layer1.0.conv2.weight", 0, Math.sqrt(2.0 / (16 * 9)));
        assertNormal("branches.1.layer4.0.downsample.0.weight", 0, Math.sqrt(2.0 / 512));
        assertNormal("branches.2.layer3.5.conv1.weight", 0, Math.sqrt(2.0 / 64));
        assertNormal("reductions.p3_1.0.weight", 0, Math.sqrt(2.0 / 512));
        assertNormal("reductions.g1.1.weight", 1, 0.02);
        assertNormal("classifiers.g1.weight", 0, Math.sqrt(2.0 / 200));
        assertNormal("classifiers.p2_0.weight", 0, Math.sqrt(2.0 / 200));
    }

    @Test
    void theRestIsConstant() {
        for (String name : WEIGHTS.names()) {
            boolean one = name.endsWith("running_var")
                    || (name.endsWith(".weight") && (name.contains(".bn") || name.contains("downsample.1")));
            boolean zero = name.endsWith("bias") || name.endsWith("running_mean");
            if (one || zero) {
                assertThat(WEIGHTS.get(name).toArray()).containsOnly(one ? 1f : 0f);
            } else {
                assertThat(Arrays.stream(boxed(name)).distinct().count()).isGreaterThan(100);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndAnotherOthers() {
        Weights again = WeightInit.initialise(SPEC, 11).weights();
        Weights other = WeightInit.initialise(SPEC, 12).weights();
        for (String name : WEIGHTS.names()) {
            assertThat(again.get(name).toArray()).isEqualTo(WEIGHTS.get(name).toArray());
        }
        assertThat(other.get("trunk.conv1.weight").toArray())
                .isNotEqualTo(WEIGHTS.get("trunk.conv1.weight").toArray());
    }

    @Test
    void anotherBranchChangesNoOtherTensor() {
        List<Branch> branches = new ArrayList<>(SPEC.branches());
        branches.add(Branch.part(4));
        Weights more = WeightInit.initialise(SPEC.toBuilder().branches(branches).build(), 11)
                .weights();
        assertThat(more.names()).hasSizeGreaterThan(WEIGHTS.names().size()).containsAll(WEIGHTS.names());
        for (String name : WEIGHTS.names()) {
            assertThat(more.get(name).toArray()).isEqualTo(WEIGHTS.get(name).toArray());
        }
    }

    @Test
    void tensorsOfTheSameShapeDiffer() {
        assertThat(WEIGHTS.get("branches.0.layer3.1.conv1.weight").toArray())
                .isNotEqualTo(WEIGHTS.get("branches.1.layer3.1.conv1.weight").toArray());
        assertThat(WEIGHTS.get("classifiers.p2_0.weight").toArray())
                .isNotEqualTo(WEIGHTS.get("classifiers.p2_1.weight").toArray());
    }

    @Test
    void theNumbersAreTheSameOnEveryPlatform() {
        // The first values as first drawn: a change would change every seeded experiment.
        assertThat(Arrays.copyOf(WEIGHTS.get("trunk.conv1.weight").toArray(), 4))
                .containsExactly(FIRST);
    }

    private static final float[] FIRST = {0.034320723f, 0.014057932f, 0.007931522f, -0.061896916f};

    /** Mean, deviation and the share within one deviation, each within four standard errors. */
    private static void assertNormal(String name, double mean, double deviation) {
        double[] values = Arrays.stream(boxed(name))
                .mapToDouble(v -> (v - mean) / deviation)
                .toArray();
        int n = values.length;
        double sum = Arrays.stream(values).sum();
        double squares = Arrays.stream(values).map(v -> v * v).sum();
        double inside = Arrays.stream(values).filter(v -> Math.abs(v) < 1).count();
        assertThat(sum / n).as("mean of %s", name).isCloseTo(0, within(4 / Math.sqrt(n)));
        assertThat(squares / n).as("variance of %s", name).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
        assertThat(inside / n).as("normality of %s", name).isCloseTo(0.6827, within(4 * 0.466 / Math.sqrt(n)));
    }

    private static Float[] boxed(String name) {
        float[] values = WEIGHTS.get(name).toArray();
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }
}
