package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeYamlTest {
    @Test
    void textsThatOverwhelmAParserAreRefused(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> RecipeYaml.parse("p: " + "[".repeat(2000) + "]".repeat(2000) + "\n", "r.yaml"))
                .isInstanceOf(RecipeException.class)
                .hasMessage("r.yaml, line 1: values nested more than 16 deep");
        assertThatThrownBy(() -> RecipeYaml.parse("k: 4\np: " + "9".repeat(900_000) + "\n", "r.yaml"))
                .isInstanceOf(RecipeException.class)
                .hasMessage("r.yaml, line 2: a value of more than 1000 characters");
        for (String text :
                List.of("!%20 {}", "!%zz {}", "!<> {}", "!!%0 x", "!\u0000 x", "%TAG ! %%% x", "a: &x [*x]")) {
            assertThatThrownBy(() -> RecipeYaml.parse(text, "r.yaml"))
                    .as(text)
                    .isInstanceOf(RecipeException.class)
                    .hasMessageStartingWith("r.yaml");
        }
        Path image = Files.write(folder.resolve("r.yaml"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff});
        assertThatThrownBy(() -> RecipeYaml.read(image))
                .isInstanceOf(RecipeException.class)
                .hasMessage(image + ": a JPEG image; a recipe (.yaml) was expected");
    }

    @Test
    void theShippedFileIsTheArticlesRecipe() {
        Recipe recipe = RecipeYaml.parse(RecipeYaml.market1501(), "market1501.yaml");
        assertThat(recipe.toBuilder().network(NetworkSettings.MGN).build()).isEqualTo(Recipe.market1501());
        assertThat(recipe.network().spec(751)).isEqualTo(MgnSpec.mgn(751));
        assertThat(recipe.p()).isEqualTo(16);
        assertThat(recipe.k()).isEqualTo(4);
        assertThat(recipe.optimizer()).isEqualTo(OptimizerSettings.MGN);
        assertThat(recipe.schedule()).isEqualTo(new LrSchedule(0.01, List.of(40.0, 60.0), 0.1, 0));
        assertThat(recipe.totalIterations(202)).isEqualTo(16160);
    }

    @Test
    void theShippedFileNamesEverySetting() {
        String text = RecipeYaml.market1501();
        RecipeYaml.format(everythingElse())
                .lines()
                .map(line -> line.substring(0, line.indexOf(':') + 1))
                .forEach(key -> assertThat(text).containsPattern("(?m)^(# )?" + key));
    }

    @Test
    void whatIsWrittenReadsTheSame(@TempDir Path folder) throws IOException {
        for (Recipe recipe : List.of(Recipe.market1501(), everythingElse())) {
            Path file = folder.resolve("recipe.yaml");
            RecipeYaml.write(file, recipe);
            assertThat(RecipeYaml.read(file)).isEqualTo(recipe);
            Files.delete(file);
        }
    }

    @Test
    void anEmptyFileIsTheArticlesRecipe() {
        assertThat(RecipeYaml.parse("# nothing\n", "empty")).isEqualTo(Recipe.market1501());
    }

    @Test
    void unknownSettingsAreRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> RecipeYaml.parse("lr: 0.1\nlearning-rate: 1\n", "my.yaml"))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("my.yaml: unknown setting 'learning-rate'; there are p, k, epoch, ")
                .hasMessageContaining("checkpoint-every");
        assertThatThrownBy(() -> RecipeYaml.parse("network: {depht: 18}", "my.yaml"))
                .hasMessageStartingWith("my.yaml: unknown setting 'network.depht'; there are preset, depth, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p: 0|p (identities per batch) must be at least 1, not 0",
                "p: four|p must be a whole number, not 'four'",
                "p: 4.5|p must be a whole number, not '4.5'",
                "p: 99999999999|p must be a whole number below 2^31, not '99999999999'",
                "{p: 1, k: 1}|a batch of p x k images must have 2 to 65536, not 1 x 1",
                "epochs: 0|epochs must be at least 1, not 0",
                "iterations: -3|iterations must be at least 1, not -3",
                "lr: -0.1|lr must be above 0, not -0.1",
                "lr: .nan|lr must be above 0, not NaN",
                "lr: '0.1'|lr must be a number, not '0.1'",
                "momentum: 1|momentum must be 0 or more and below 1, not 1.0",
                "weight-decay: -1|weight-decay must be 0 or more, not -1.0",
                "lr-schedule: linear|lr-schedule must be step or cosine, not 'linear'",
                "lr-min: 0.5|lr-min must be 0 or more and at most lr, not 0.5",
                "new-layers-lr: -1|new-layers-lr must be 0 or more, not -1.0",
                "decay-bias: no|decay-bias must be true or false, not 'no'",
                "freeze-backbone: -5|freeze-backbone must be 0 or more, not -5",
                "freeze-backbone: 0.5|freeze-backbone must be a whole number, not '0.5'",
                "clip-norm: .inf|clip-norm must be 0 or more, not Infinity",
                "micro-batch: 1|micro-batch must be 0, or from 2 a divisor of p x k = 64, not 1",
                "micro-batch: 24|micro-batch must be 0, or from 2 a divisor of p x k = 64, not 24",
                "evaluate-every: -1|evaluate-every must be 0 or more, not -1",
                "checkpoint-every: -1|checkpoint-every must be 0 or more, not -1",
                "triplet-weight: -1|triplet-weight must be 0 or more, not -1.0",
                "{softmax-weight: 0, triplet-weight: 0}|softmax-weight and triplet-weight cannot both be 0",
                "margin: -1|margin must be 0 or more, not -1.0",
                "label-smoothing: 1|label-smoothing must be 0 or more and below 1, not 1.0",
                "optimizer: lion|optimizer must be sgd or adam, not 'lion'",
                "epoch: half|epoch must be full-pass or k-per-identity, not 'half'",
                "soft-margin: 1|soft-margin must be true or false, not '1'",
                "lr-steps: 40|lr-steps must be a list of numbers, not '40'",
                "lr-steps: [a]|an element of lr-steps must be a number, not 'a'",
                "augment: flip|augment must be a list of names, or none, not 'flip'",
                "augment: [flip, flip]|augment names something twice: [flip, flip]",
                "seed:|seed must be a whole number, not nothing",
                "network: mgn|network must be a section of settings, not 'mgn'",
                "network: {preset: pcb}|unknown network preset 'pcb'; there are mgn, resnet50, resnet101, global, part-2, part-3",
                "network: {input: [384]}|network.input must be [height, width], not '[384]'",
                "[1, 2]|settings ('key: value') expected, found '[1, 2]'"
            })
    void wrongValuesAreRefusedByName(String text, String message) {
        assertThatThrownBy(() -> RecipeYaml.parse(text, "r.yaml"))
                .isInstanceOf(RecipeException.class)
                .hasMessage("r.yaml: " + message);
    }

    @Test
    void whatIsNoYamlIsRefusedInOneLine(@TempDir Path folder) throws IOException {
        for (String text : List.of("p: [1", "p: 1\np: 2\n", "\tp: 1", "a: *b", "!!java.io.File x", "p: 1\n---\nk: 1")) {
            assertThatThrownBy(() -> RecipeYaml.parse(text, "r.yaml"))
                    .as(text)
                    .isInstanceOf(RecipeException.class)
                    .message()
                    .startsWith("r.yaml")
                    .doesNotContain("\n");
        }
        Path file = folder.resolve("binary.yaml");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xd8, 1});
        assertThatThrownBy(() -> RecipeYaml.read(file)).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> RecipeYaml.read(folder.resolve("none.yaml")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.yaml");
    }

    private static Recipe everythingElse() {
        return Recipe.builder()
                .network(new NetworkSettings(
                        "part-2", 18, 0.25, new InputSize(96, 48), Pooling.AVG, 64, ClassifierPosition.AFTER_REDUCTION))
                .p(8)
                .k(2)
                .epochLength(EpochLength.K_PER_IDENTITY)
                .epochs(3)
                .iterations(77)
                .optimizer(new OptimizerSettings(OptimizerSettings.Kind.ADAM, 0.5, 1e-5, 0.8, 0.99, 1e-6, true))
                .lr(3.5e-4)
                .lrSteps(List.of(1.5))
                .lrGamma(0.3)
                .lrSchedule(LrSchedule.Shape.COSINE)
                .lrMin(1e-7)
                .parameters(new ParameterSettings(10, false, false, 500))
                .clipNorm(5)
                .microBatch(4)
                .evaluateEvery(100)
                .warmUpEpochs(0.25)
                .margin(0.3)
                .softMargin(true)
                .labelSmoothing(0.1)
                .softmaxWeight(2)
                .tripletWeight(0.5)
                .augment(List.of())
                .onError(OnError.SKIP)
                .seed(-5_000_000_000L)
                .checkpointEvery(0)
                .build();
    }

    @Test
    void partOfTheParameterSettingsLeavesTheOthersAsTheyAre() {
        assertThat(RecipeYaml.parse("freeze-backbone: 7", "r.yaml").parameters())
                .isEqualTo(new ParameterSettings(1, true, true, 7));
        assertThat(RecipeYaml.parse("decay-batch-norm: false", "r.yaml").parameters())
                .isEqualTo(new ParameterSettings(1, false, true, 0));
    }
}
