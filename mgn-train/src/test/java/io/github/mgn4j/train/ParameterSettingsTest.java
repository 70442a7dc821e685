package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Groups, freezing and clipping, by what they do to the weights of a training. */
class ParameterSettingsTest {
    private static final String BACKBONE = "trunk.layer1.0.conv1.weight";
    private static final String NORM = "trunk.bn1.weight";
    private static final String NEW = "reductions.p2_0.0.weight";
    private static final String STATISTIC = "trunk.bn1.running_mean";

    private static RecipeBuilder plain() {
        return Runs.recipe().momentum(0).weightDecay(0);
    }

    private static Trainer trainer(RecipeBuilder recipe) {
        return new Trainer(ReferenceWeights.model(Runs.SPEC), recipe.build(), Runs.data());
    }

    private static float[] values(Model model, String name) {
        return model.weights().get(name).toArray();
    }

    @Test
    void groupsAreBySectionAndKind() {
        ParameterGroups groups = new ParameterSettings(10, false, true, 0).groups(MgnSpec.mgn(5));
        assertThat(groups.of("trunk.conv1.weight")).isEqualTo(new ParameterGroup("backbone", 1, 1));
        assertThat(groups.of("branches.1.layer4.0.bn1.weight").decayMultiplier())
                .isZero();
        assertThat(groups.of("branches.1.layer4.0.bn1.bias").decayMultiplier()).isZero();
        assertThat(groups.of("branches.1.layer4.0.bn1.bias").lrMultiplier()).isEqualTo(1);
        assertThat(groups.of("reductions.g1.1.bias").lrMultiplier()).isEqualTo(10);
        assertThat(groups.of("reductions.g1.1.bias").decayMultiplier()).isZero();
        assertThat(groups.of("classifiers.g1.bias")).isEqualTo(new ParameterGroup("new", 10, 1));
        ParameterGroups noBias = new ParameterSettings(1, true, false, 0).groups(MgnSpec.mgn(5));
        assertThat(noBias.of("classifiers.g1.bias").decayMultiplier()).isZero();
        assertThat(noBias.of("classifiers.g1.weight").decayMultiplier()).isEqualTo(1);
        assertThat(noBias.of("trunk.bn1.bias").decayMultiplier()).isEqualTo(1);
        assertThatThrownBy(() -> new ParameterSettings(Double.NaN, true, true, 0))
                .isInstanceOf(RecipeException.class)
                .hasMessage("new-layers-lr must be 0 or more, not NaN");
    }

    @Test
    void newLayersTakeLargerSteps() throws IOException {
        try (Trainer slow = trainer(plain());
                Trainer fast = trainer(plain().parameters(new ParameterSettings(10, true, true, 0)))) {
            float[] start = values(slow.model(), NEW);
            slow.step();
            fast.step();
            assertThat(values(fast.model(), BACKBONE)).isEqualTo(values(slow.model(), BACKBONE));
            float[] little = values(slow.model(), NEW);
            float[] much = values(fast.model(), NEW);
            for (int i = 0; i < start.length; i++) {
                assertThat((double) much[i] - start[i]).isCloseTo(10.0 * (little[i] - start[i]), within(2e-6));
            }
            assertThat(little).isNotEqualTo(start);
        }
    }

    @Test
    void aFrozenBackboneStaysAndGathersNothing() throws IOException {
        RecipeBuilder recipe = Runs.recipe().parameters(new ParameterSettings(1, true, true, 2));
        try (Trainer trainer = trainer(recipe)) {
            Model start = trainer.model();
            trainer.step();
            trainer.step();
            Checkpoint frozen = trainer.checkpoint(Map.of());
            assertThat(values(frozen.model(), BACKBONE)).isEqualTo(values(start, BACKBONE));
            assertThat(values(frozen.model(), NORM)).isEqualTo(values(start, NORM));
            assertThat(values(frozen.model(), NEW)).isNotEqualTo(values(start, NEW));
            assertThat(values(frozen.model(), STATISTIC)).isNotEqualTo(values(start, STATISTIC));
            assertThat(frozen.optimizerState())
                    .containsKey("velocity/" + NEW)
                    .doesNotContainKey("velocity/" + BACKBONE);

            trainer.step();
            Checkpoint thawed = trainer.checkpoint(Map.of());
            float[] velocity = tensor(thawed, "velocity/" + BACKBONE).toArray();
            float[] before = values(frozen.model(), BACKBONE);
            float[] after = values(thawed.model(), BACKBONE);
            for (int i = 0; i < velocity.length; i++) {
                assertThat((double) after[i]).isCloseTo(before[i] - 0.01 * velocity[i], within(1e-6));
            }
            assertThat(after).isNotEqualTo(before);
        }
    }

    private static Tensor tensor(Checkpoint checkpoint, String name) {
        Tensor tensor = checkpoint.optimizerState().get(name);
        assertThat(tensor).as(name).isNotNull();
        return tensor;
    }

    @Test
    void adamCountsTheStepsOfEachParameter() {
        OptimizerSettings settings = new OptimizerSettings(OptimizerSettings.Kind.ADAM, 0, 0, 0.9, 0.999, 1e-8, false);
        Map<String, INDArray> weights = new LinkedHashMap<>();
        weights.put("early", Nd4j.create(new double[] {1, 1}));
        weights.put("late", Nd4j.create(new double[] {1, 1}));
        try (Optimizer adam = settings.create(ParameterGroups.standard())) {
            for (int i = 0; i < 5; i++) {
                adam.step(weights, new LinkedHashMap<>(Map.of("early", Nd4j.create(new double[] {1, -1}))), 0.1);
            }
            adam.step(weights, new LinkedHashMap<>(Map.of("late", Nd4j.create(new double[] {3, -0.5}))), 0.1);
        }
        // A first step of Adam is lr against the gradient's sign, whenever it comes.
        assertThat(NdArrays.named(weights, "late").toDoubleVector())
                .containsExactly(new double[] {0.9, 1.1}, within(1e-7));
        assertThat(NdArrays.named(weights, "early").toDoubleVector())
                .containsExactly(new double[] {0.5, 1.5}, within(1e-6));
    }

    @Test
    void clippingIsPyTorchs() {
        // torch.nn.utils.clip_grad_norm_([[3, -4], [[12, 0], [0, 84]]], 1.7) of PyTorch 1.13
        INDArray a = Nd4j.create(new float[] {3, -4});
        INDArray b = Nd4j.create(new float[][] {{12, 0}, {0, 84}});
        assertThat(NdArrays.clip(List.of(a, b), 1.7)).isCloseTo(85, within(1e-5));
        assertThat(a.toFloatVector()).containsExactly(new float[] {0.06f, -0.08f}, within(1e-6f));
        assertThat(b.getFloat(0, 0)).isCloseTo(0.24f, within(1e-6f));
        assertThat(b.getFloat(1, 1)).isCloseTo(1.68f, within(1e-6f));
        assertThat(NdArrays.clip(List.of(a), 1)).isCloseTo(0.1, within(1e-6));
        assertThat(a.toFloatVector()).containsExactly(new float[] {0.06f, -0.08f}, within(1e-6f));
    }

    @Test
    void aClippedStepHasTheLengthAsked() throws IOException {
        try (Trainer clipped = trainer(plain().clipNorm(0.25).lr(1));
                Trainer free = trainer(plain().clipNorm(1e9));
                Trainer plain = trainer(plain())) {
            Model start = clipped.model();
            clipped.step();
            double squares = 0;
            for (String name : start.weights().names()) {
                if (!name.contains(".running_")) {
                    float[] before = values(start, name);
                    float[] after = values(clipped.model(), name);
                    for (int i = 0; i < before.length; i++) {
                        squares += Math.pow((double) after[i] - before[i], 2);
                    }
                }
            }
            assertThat(Math.sqrt(squares)).isCloseTo(0.25, within(1e-4));
            free.step();
            plain.step();
            assertThat(values(free.model(), BACKBONE)).isEqualTo(values(plain.model(), BACKBONE));
        }
    }
}
