package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1 / 16.0)
            .input(96, 48)
            .embedding(16)
            .classes(3)
            .build();

    private static Trainer trainer(Recipe recipe, MemoryBatches data) {
        return new Trainer(ReferenceWeights.model(SPEC), recipe, data);
    }

    @Test
    void theLossFalls() throws IOException {
        Recipe recipe = Recipe.builder().p(3).k(2).lr(0.02).iterations(25).build();
        List<StepReport> steps = new ArrayList<>();
        try (Trainer trainer = trainer(recipe, new MemoryBatches(SPEC, 3, 2, Layout.NHWC))) {
            trainer.addListener((t, step) -> steps.add(step));
            Model before = trainer.model();
            Model trained = trainer.run();
            assertThat(trained.weights().get("trunk.conv1.weight").toArray())
                    .isNotEqualTo(before.weights().get("trunk.conv1.weight").toArray());
            assertThat(trained.weights().get("trunk.bn1.running_mean").toArray())
                    .isNotEqualTo(before.weights().get("trunk.bn1.running_mean").toArray());
        }
        assertThat(steps).hasSize(25);
        StepReport first = steps.get(0);
        StepReport last = steps.get(24);
        assertThat(first.iteration()).isEqualTo(1);
        assertThat(first.epoch()).isEqualTo(1);
        assertThat(first.terms()).hasSize(11);
        assertThat(last.iteration()).isEqualTo(25);
        assertThat(last.epoch()).isEqualTo(3);
        assertThat(last.loss()).isLessThan(0.3 * first.loss());
        assertThat(last.softmax()).isLessThan(0.5 * first.softmax());
    }

    /** SameDiff itself prints a line for every operation that it derives. */
    @Test
    void nothingIsPrinted() throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            for (int microBatch : new int[] {0, 3}) {
                Recipe recipe = Recipe.builder()
                        .p(3)
                        .k(2)
                        .iterations(1)
                        .microBatch(microBatch)
                        .build();
                try (Trainer trainer = trainer(recipe, new MemoryBatches(SPEC, 3, 2, Layout.NHWC))) {
                    trainer.run();
                }
            }
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void eitherKindOfLossTrainsAlone() throws IOException {
        for (double softmax : new double[] {0, 2}) {
            Recipe recipe = Recipe.builder()
                    .p(3)
                    .k(2)
                    .iterations(2)
                    .softmaxWeight(softmax)
                    .tripletWeight(softmax == 0 ? 3 : 0)
                    .build();
            try (Trainer trainer = trainer(recipe, new MemoryBatches(SPEC, 3, 2, Layout.NHWC))) {
                Model before = trainer.model();
                StepReport step = trainer.step();
                assertThat(step.loss()).isPositive().isEqualTo(softmax == 0 ? step.triplet() : step.softmax());
                assertThat(step.terms()).hasSize(softmax == 0 ? 3 : 8);
                double mean = step.terms().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow();
                assertThat(step.loss()).isCloseTo((softmax == 0 ? 3 : 2) * mean, within(1e-5 * step.loss()));
                assertThat(trainer.model().weights().get("trunk.conv1.weight").toArray())
                        .isNotEqualTo(before.weights().get("trunk.conv1.weight").toArray());
                assertThat(trainer.profile())
                        .containsKeys("convolution", "convolution_map_gradient", "convolution_weight_gradient");
            }
        }
    }

    @Test
    void theSameRunGivesTheSameBits() throws IOException {
        Recipe recipe = Recipe.builder().p(3).k(2).iterations(3).build();
        List<float[]> weights = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (Trainer trainer = trainer(recipe, new MemoryBatches(SPEC, 3, 2, Layout.NHWC))) {
                weights.add(trainer.run()
                        .weights()
                        .get("branches.2.layer4.1.conv2.weight")
                        .toArray());
            }
        }
        assertThat(weights.get(0)).isEqualTo(weights.get(1));
    }

    /** The kernels' ReLU makes NaN 0, so that the losses stay finite. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | true  | the statistics of batch norm 'trunk.bn1' are NaN or infinite
            3 | true  | the statistics of batch norm 'trunk.bn1' are NaN or infinite
            0 | false | the loss 'softmax/g1' is NaN
            3 | false | the loss 'softmax/g1' is NaN
            """)
    void notANumberStopsAndSaysWhere(int microBatch, boolean kernels, String where) throws IOException {
        Recipe recipe =
                Recipe.builder().p(3).k(2).iterations(5).microBatch(microBatch).build();
        MemoryBatches data = new MemoryBatches(SPEC, 3, 2, Layout.NHWC);
        TrainerBuilder builder = Trainer.builder(recipe, data);
        try (Trainer trainer = (kernels ? builder : builder.withoutKernels()).start(ReferenceWeights.model(SPEC))) {
            trainer.step();
            Model good = trainer.model();
            data.images()[100] = Float.NaN;
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(DivergedException.class)
                    .hasMessageStartingWith("iteration 2: " + where);
            assertThat(trainer.model().weights().get("trunk.conv1.weight").toArray())
                    .isEqualTo(good.weights().get("trunk.conv1.weight").toArray());
            assertThat(trainer.iteration()).isEqualTo(1);
        }
    }

    @Test
    void otherClassesThanTheDatasAreRefused() {
        MemoryBatches data = new MemoryBatches(SPEC, 3, 2, Layout.NHWC);
        MgnSpec other = SPEC.toBuilder().classes(7).build();
        assertThatThrownBy(() -> new Trainer(ReferenceWeights.model(other), Recipe.market1501(), data))
                .isInstanceOf(RecipeException.class)
                .hasMessage("the network has classifiers for 7 identities, the data has 3");
    }
}
