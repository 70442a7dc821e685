package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResumeTest {
    @TempDir
    static Path whole;

    @TempDir
    Path temp;

    @BeforeAll
    static void runWithoutStop() throws IOException {
        Runs.begin(whole, Runs.recipe().build(), 0);
    }

    static Stream<Recipe> recipes() {
        OptimizerSettings adam = new OptimizerSettings(OptimizerSettings.Kind.ADAM, 0, 5e-4, 0.9, 0.999, 1e-8, true);
        return Stream.of(
                Runs.recipe().evaluateEvery(3).build(),
                Runs.recipe()
                        .optimizer(adam)
                        .lr(1e-3)
                        .lrSchedule(LrSchedule.Shape.COSINE)
                        .warmUpEpochs(0.4)
                        .parameters(new ParameterSettings(2, false, false, 6))
                        .clipNorm(1)
                        .microBatch(2)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRunThatStoppedTwiceIsTheRunThatNeverStopped(Recipe recipe) throws IOException {
        Path unstopped = temp.resolve("unstopped");
        Model wanted = Runs.begin(unstopped, recipe, 0);
        Path parts = temp.resolve("parts");
        Runs.begin(parts, recipe, 4);
        assertThat(Runs.names(parts))
                .contains("checkpoint-00000004.safetensors")
                .doesNotContain(RunFolder.MODEL);
        Runs.resume(parts, recipe, 7);
        Model found = Runs.resume(parts, recipe, 0);
        for (String name : wanted.weights().names()) {
            assertThat(found.weights().get(name).toArray())
                    .as(name)
                    .isEqualTo(wanted.weights().get(name).toArray());
        }
        Runs.assertSame(parts, unstopped);
        assertThat(Runs.assertConsecutive(Runs.rows(parts))).isEqualTo(12);
    }

    @Test
    void rowsOfWorkThatWasLostAreDropped() throws IOException {
        Recipe recipe = Runs.recipe().build();
        Path killed = temp.resolve("killed");
        Runs.begin(killed, recipe, 5);
        // As after a kill in the eighth step: rows behind the checkpoint, half a row, half a checkpoint.
        Path log = killed.resolve(RunFolder.LOG);
        Files.writeString(log, "1,6,1,1,1,0.01,9.00\n1,7,2,2,2,0.01,9.00\n1,8,0.3", StandardOpenOption.APPEND);
        Path half = killed.resolve(".checkpoint-00000010.safetensors.123.part");
        Files.writeString(half, "half");
        Runs.resume(killed, recipe, 0);
        Runs.assertSame(killed, whole);
        assertThat(half).doesNotExist();
    }

    @Test
    void theBestModelIsKept() throws IOException {
        Runs.begin(temp, Runs.recipe().evaluateEvery(3).build(), 0);
        assertThat(Files.readAllLines(temp.resolve(RunFolder.EVALUATION)))
                .containsExactly("iteration,score", "3,-5.0", "6,-2.0", "9,-1.0", "12,-4.0");
        Path nine = temp.resolve("nine");
        Runs.begin(nine, Runs.recipe().iterations(9).build(), 0);
        assertThat(Files.mismatch(temp.resolve(RunFolder.BEST), nine.resolve(RunFolder.MODEL)))
                .isEqualTo(-1);
    }

    @Test
    void aFinishedRunCanBeMadeLonger() throws IOException {
        Recipe recipe = Runs.recipe().build();
        Path longer = temp.resolve("longer");
        Runs.begin(longer, Runs.recipe().iterations(6).build(), 0);
        assertThat(longer.resolve(RunFolder.MODEL)).exists();
        Runs.resume(longer, recipe, 0);
        Runs.assertSame(longer, whole);
    }

    /** Resumes a run on as many threads as the environment says. */
    static final class Resumption {
        private Resumption() {}

        public static void main(String... args) throws IOException {
            Path run = Path.of(args[0]);
            Runs.resume(run, Runs.recipe().build(), 4);
            System.out.println("threads " + NdArrays.threads());
        }
    }

    @Test
    void anotherNumberOfThreadsIsStoredAndWarnedOf() throws Exception {
        int here = NdArrays.threads();
        assertThat(here).isPositive();
        Path run = temp.resolve("run");
        Runs.begin(run, Runs.recipe().build(), 3);
        assertThat(Checkpoint.load(run.resolve("checkpoint-00000003.safetensors"))
                        .threads())
                .isEqualTo(here);
        String warning = "the run was on %s threads and goes on with %s".formatted(here, here + 1);
        assertThat(resumeOn(here + 1, run)).contains("threads " + (here + 1), warning);
        assertThat(resumeOn(here + 1, run)).contains("threads " + (here + 1)).doesNotContain("the run was on");
    }

    private static String resumeOn(int threads, Path run) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Resumption.class.getName(),
                        run.toString())
                .redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void aCheckpointIsAModelFile() throws IOException {
        Model model = Runs.begin(temp, Runs.recipe().build(), 3);
        Model read = ModelFile.load(temp.resolve("checkpoint-00000003.safetensors"));
        assertThat(read.spec()).isEqualTo(model.spec());
        assertThat(read.weights().get("trunk.conv1.weight").toArray())
                .isEqualTo(model.weights().get("trunk.conv1.weight").toArray());
    }

    @Test
    void anUnreadableCheckpointGivesWayToAnOlderOne() throws IOException {
        Recipe recipe = Runs.recipe().build();
        Path run = temp.resolve("run");
        Runs.begin(run, recipe, 5);
        Path newer = run.resolve("checkpoint-00000010.safetensors");
        Files.copy(run.resolve("checkpoint-00000005.safetensors"), newer);
        try (FileChannel channel = FileChannel.open(newer, StandardOpenOption.WRITE)) {
            channel.truncate(5000);
        }
        Runs.resume(run, recipe, 0);
        Runs.assertSame(run, whole);

        Path broken = temp.resolve("broken");
        Files.createDirectories(broken);
        Files.writeString(broken.resolve("checkpoint-00000010.safetensors"), "no checkpoint");
        assertThatThrownBy(() -> RunFolder.resume(broken))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("checkpoint-00000010");
        assertThatThrownBy(() -> RunFolder.resume(temp.resolve("nothing"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Checkpoint.load(whole.resolve(RunFolder.MODEL)))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("no checkpoint of a training");
    }

    @Test
    void whatDoesNotContinueTheRunIsRefused() throws IOException {
        Runs.begin(temp, Runs.recipe().build(), 1);
        Checkpoint checkpoint = Runs.checkpoint(temp);
        assertThatThrownBy(
                        () -> Trainer.resume(checkpoint, Runs.recipe().seed(2).build(), Runs.data()))
                .isInstanceOf(RecipeException.class)
                .hasMessage("seed was 1 in the run to be resumed, and cannot be 2 now");
        assertThatThrownBy(() -> Runs.resume(
                        temp,
                        Runs.recipe()
                                .optimizer(recipes().toList().get(1).optimizer())
                                .build(),
                        0))
                .hasMessage("optimizer was sgd in the run to be resumed, and cannot be adam now");
        ManyBatches others = new ManyBatches(Runs.SPEC, 2, 2, "other images");
        assertThatThrownBy(() -> Trainer.resume(checkpoint, Runs.recipe().build(), others))
                .isInstanceOf(RecipeException.class)
                .hasMessage("the run was on random images, it cannot be resumed on other images");
    }

    @Test
    void divergenceNamesTheLastGoodCheckpoint() throws IOException {
        MemoryBatches data = new MemoryBatches(Runs.SPEC.toBuilder().classes(2).build(), 2, 2, Layout.NHWC);
        try (RunFolder run = RunFolder.create(temp, false);
                Trainer trainer = new Trainer(
                        ReferenceWeights.model(Runs.SPEC.toBuilder().classes(2).build()),
                        Runs.recipe().checkpointEvery(2).build(),
                        data)) {
            trainer.addListener(run);
            trainer.addListener((t, step) -> {
                if (step.iteration() == 3) {
                    data.images()[5] = Float.POSITIVE_INFINITY;
                }
            });
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(DivergedException.class)
                    .hasMessageStartingWith("iteration 4: the statistics of batch norm 'trunk.bn1' are NaN or infinite")
                    .hasMessageEndingWith(
                            "the last good checkpoint is " + temp.resolve("checkpoint-00000002.safetensors"));
        }
        Runs.assertConsecutive(Runs.rows(temp));
        assertThat(Runs.checkpoint(temp).iteration()).isEqualTo(2);
    }

    @Test
    void aCheckpointOfBrokenWeightsIsNotMade() {
        try (Trainer trainer =
                new Trainer(ReferenceWeights.model(Runs.SPEC), Runs.recipe().build(), Runs.data())) {
            trainer.array("branches.0.layer4.0.conv1.weight").putScalar(3, Double.NaN);
            assertThatThrownBy(() -> trainer.checkpoint(Map.of()))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageStartingWith("iteration 0: the tensor 'branches.0.layer4.0.conv1.weight' has values");
        }
    }

    @Test
    void notesAreFoundAgain() throws IOException {
        try (RunFolder run = RunFolder.create(temp, false);
                Trainer trainer = new Trainer(
                        ReferenceWeights.model(Runs.SPEC), Runs.recipe().build(), Runs.data())) {
            run.note("data", "/somewhere \"else\"");
            trainer.addListener(run);
            trainer.requestStop();
            trainer.run();
        }
        assertThat(Runs.names(temp)).containsExactly("checkpoint-00000000.safetensors", "log.csv", "recipe.yaml");
        assertThat(Runs.checkpoint(temp).notes()).containsEntry("data", "/somewhere \"else\"");
    }
}
