package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.train.OptimizerSettings;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.Training;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgn train} stopped by SIGTERM, resumed, and once more. */
class TrainResumeTest {
    private static final int ENOUGH = 1_000_000;

    @TempDir
    static Path folder;

    private static Path data;
    private static Path recipe;

    private record Outcome(int status, String messages) {}

    @BeforeAll
    static void prepare() throws IOException {
        data = folder.resolve("data");
        makeData(data, 2);
        recipe = folder.resolve("recipe.yaml");
        Files.writeString(recipe, """
                p: 2
                k: 2
                epoch: k-per-identity
                checkpoint-every: 4
                evaluate-every: 4
                network: {preset: part-2, depth: 18, width: 0.03125, input: [64, 32], embedding: 8}
                """);
    }

    private static void makeData(Path out, int images) {
        Outcome made = call(
                "synth",
                "--out",
                out.toString(),
                "--ids",
                "3",
                "--cameras",
                "2",
                "--images",
                String.valueOf(images),
                "--size",
                "32x64");
        assertThat(made.status()).as(made.messages()).isZero();
    }

    private static Outcome call(String... args) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(messages, true, StandardCharsets.UTF_8);
        int status = Main.run(new Terminal(out, out), args);
        return new Outcome(status, messages.toString(StandardCharsets.UTF_8));
    }

    private static Outcome train(Path run, int iterations, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "--data",
                data.toString(),
                "--recipe",
                recipe.toString(),
                "--out",
                run.toString(),
                "--iterations",
                String.valueOf(iterations)));
        args.addAll(List.of(more));
        return call(args.toArray(String[]::new));
    }

    @Test
    void aRefusedResumptionSaysOneLineAndChangesNothing() throws IOException {
        Path run = folder.resolve("refused");
        assertThat(train(run, 4).status()).isZero();
        Path other = folder.resolve("other");
        makeData(other, 3);
        assertRefused(run, other, "it cannot be resumed on ");

        Path own = folder.resolve("own");
        try (Training training = Training.builder(DatasetFormats.read(data), RecipeYaml.read(recipe))
                .optimizer(OptimizerSettings.MGN::create)
                .folder(own)
                .open()) {
            training.requestStop();
            training.run();
        }
        assertRefused(own, data, "the run was made with its program's own optimizer (io.github.mgn4j.train.Sgd)");
    }

    private static void assertRefused(Path run, Path on, String message) throws IOException {
        var before = Workshop.snapshot(run);
        Outcome refused =
                call("train", "--resume", "--out", run.toString(), "--data", on.toString(), "--iterations", "8");
        assertThat(refused.status()).as(refused.messages()).isEqualTo(2);
        assertThat(refused.messages().lines()).singleElement().asString().contains(message);
        assertThat(Workshop.snapshot(run)).isEqualTo(before);
    }

    @Test
    void aSignalStopsWithACheckpointAndResumeGoesOn(@TempDir Path temp) throws Exception {
        Path run = temp.resolve("run");
        terminate(run, temp);
        long stopped = checkpoint(run);
        assertThat(stopped).isPositive();
        // The checkpoint is of the last step that was taken: nothing is lost.
        assertThat(rows(run)).hasSize((int) stopped + 1);

        int total = (int) stopped + 5;
        Outcome resumed = call("train", "--out", run.toString(), "--resume", "--iterations", String.valueOf(total));
        assertThat(resumed.messages()).contains("resuming after step %d of %d".formatted(stopped, total));
        assertThat(resumed.status()).isZero();

        Path whole = temp.resolve("whole");
        assertThat(train(whole, total).status()).isZero();
        assertThat(rows(run)).isEqualTo(rows(whole));
        for (String name : List.of(RunFolder.MODEL, RunFolder.BEST, RunFolder.EVALUATION, RunFolder.RECIPE)) {
            assertThat(Files.mismatch(run.resolve(name), whole.resolve(name)))
                    .as(name)
                    .isEqualTo(-1);
        }

        Outcome again = call("train", "--out", run.toString(), "--resume");
        assertThat(again.status()).isZero();
        assertThat(again.messages()).contains("is finished: all %d steps are taken".formatted(total));
        assertThat(rows(run)).isEqualTo(rows(whole));
    }

    /** Trains in a process of its own, and asks it to end once a few steps are taken. */
    private static void terminate(Path run, Path temp) throws IOException, InterruptedException {
        Path errors = temp.resolve("errors.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        "--data",
                        data.toString(),
                        "--recipe",
                        recipe.toString(),
                        "--out",
                        run.toString(),
                        "--iterations",
                        String.valueOf(ENOUGH))
                .redirectError(errors.toFile())
                .redirectOutput(temp.resolve("results.txt").toFile())
                .start();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (process.isAlive()
                    && System.nanoTime() < end
                    && (!logged(run) || rows(run).size() < 7)) {
                Thread.sleep(20);
            }
            assertThat(process.isAlive()).as(Files.readString(errors)).isTrue();
            process.destroy(); // SIGTERM
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            assertThat(Files.readString(errors)).contains("asked to stop").contains("--resume goes on");
            assertThat(run.resolve(RunFolder.MODEL)).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void mistakesWithResumeAreTheCallers(@TempDir Path temp) throws IOException {
        Path nothing = temp.resolve("nothing");
        Outcome missing = call("train", "--out", nothing.toString(), "--resume");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.messages())
                .contains("holds no checkpoint to resume from")
                .hasLineCount(1);
        assertThat(nothing).doesNotExist();

        Path run = temp.resolve("run");
        assertThat(train(run, 2).status()).isZero();
        assertThat(train(run, 2).messages())
                .contains("belongs to an earlier run")
                .hasLineCount(1);
        Outcome other = call("train", "--out", run.toString(), "--resume", "--p", "3");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.messages())
                .isEqualToIgnoringNewLines("mgn: p was 2 in the run to be resumed, and cannot be 3 now");
        assertThat(train(
                                run,
                                4,
                                "--resume",
                                "--init",
                                run.resolve(RunFolder.MODEL).toString())
                        .status())
                .isEqualTo(2);
        Path others = temp.resolve("others");
        makeData(others, 3);
        Outcome changed =
                call("train", "--out", run.toString(), "--resume", "--iterations", "4", "--data", others.toString());
        assertThat(changed.status()).isEqualTo(2);
        assertThat(changed.messages()).contains("it cannot be resumed on");
    }

    @Test
    void withoutDataTrainingIsRefused(@TempDir Path temp) {
        Outcome outcome = call("train", "--out", temp.resolve("run").toString());
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.messages()).contains("--data").hasLineCount(1);
    }

    private static boolean logged(Path run) {
        return Files.exists(run.resolve(RunFolder.LOG));
    }

    private static long checkpoint(Path run) throws IOException {
        try (RunFolder folder = RunFolder.resume(run)) {
            return folder.checkpoint().orElseThrow().iteration();
        }
    }

    /** The table of steps without the last column, the speed. */
    private static List<String> rows(Path run) throws IOException {
        return Files.readAllLines(run.resolve(RunFolder.LOG)).stream()
                .map(row -> row.substring(0, Math.max(0, row.lastIndexOf(','))))
                .toList();
    }
}
