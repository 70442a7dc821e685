package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.fixtures.ReferenceWeights;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training process that is killed (SIGKILL) at random moments and resumed, again and again. */
class KillTest {
    private static final int EVERY = 2;
    private static final String STEP = "step ";

    @TempDir
    Path temp;

    /** The process: trains in a folder, from the beginning or its checkpoint, until it is killed. */
    public static final class Training {
        private Training() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            Recipe recipe = KillTest.recipe(1_000_000);
            boolean resumes = RunFolder.canResume(folder);
            try (RunFolder run = resumes ? RunFolder.resume(folder) : RunFolder.create(folder, false);
                    Trainer trainer = resumes
                            ? Trainer.resume(run.checkpoint().orElseThrow(), recipe, Runs.data())
                            : new Trainer(ReferenceWeights.model(Runs.SPEC), recipe, Runs.data())) {
                run.evaluator((model, iteration) -> iteration % 7);
                trainer.addListener(run);
                trainer.addListener((t, step) -> {
                    System.out.println(STEP + step.iteration());
                    System.out.flush();
                });
                trainer.run();
            }
        }
    }

    private static Recipe recipe(int iterations) {
        return Runs.recipe()
                .iterations(iterations)
                .checkpointEvery(EVERY)
                .evaluateEvery(3)
                .build();
    }

    @Test
    void afterAFewKillsTheRunIsTheRunThatNeverStopped() throws Exception {
        killAndCompare(4, 0);
    }

    @Test
    @Tag("slow")
    void afterManyKillsTheRunIsTheRunThatNeverStopped() throws Exception {
        killAndCompare(60, 0.25);
    }

    /** @param anywhere share of kills at any moment after the start of the process, rather than after some steps */
    private void killAndCompare(int kills, double anywhere) throws Exception {
        Path run = temp.resolve("run");
        SplittableRandom random = new SplittableRandom(20);
        long last = 0;
        int progress = 0;
        for (int i = 0; i < kills; i++) {
            kill(run, random.nextDouble() < anywhere ? -random.nextInt(50, 4000) : random.nextInt(400));
            if (!RunFolder.canResume(run)) {
                assertThat(last).as("checkpoint after kill %s", i).isZero();
                continue;
            }
            long saved = check(run);
            assertThat(saved).as("iteration after kill %s", i).isGreaterThanOrEqualTo(last);
            progress += saved > last ? 1 : 0;
            last = saved;
        }
        assertThat(progress).isGreaterThan(kills / 3);

        int total = (int) last + 3;
        finish(run, total);
        Path whole = temp.resolve("whole");
        try (RunFolder folder = RunFolder.create(whole, false);
                Trainer trainer = new Trainer(ReferenceWeights.model(Runs.SPEC), recipe(total), Runs.data())) {
            folder.evaluator((model, iteration) -> iteration % 7);
            trainer.addListener(folder);
            trainer.run();
        }
        Runs.assertSame(run, whole);
    }

    private static void finish(Path folder, int total) throws IOException {
        try (RunFolder run = RunFolder.resume(folder);
                Trainer trainer = Trainer.resume(run.checkpoint().orElseThrow(), recipe(total), Runs.data())) {
            run.evaluator((model, iteration) -> iteration % 7);
            trainer.addListener(run);
            trainer.run();
        }
    }

    /** Starts the process and kills it: so many milliseconds after some steps, or, if negative, after its start. */
    private void kill(Path run, int millis) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Training.class.getName(),
                run.toString()));
        File errors = temp.resolve("errors.txt").toFile();
        Process process = new ProcessBuilder(command).redirectError(errors).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            if (millis >= 0) {
                // Enough steps for another checkpoint, however slow the machine; SameDiff prints too.
                assertThat(out.lines()
                                .filter(line -> line.startsWith(STEP))
                                .skip(EVERY)
                                .findFirst())
                        .as(() -> read(errors))
                        .isPresent();
                Thread.sleep(millis);
            } else {
                Thread.sleep(-millis);
            }
            assertThat(process.isAlive()).as(() -> read(errors)).isTrue();
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String read(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Every model in the folder can be read, and the checkpoint is no older than it should be; returns its iteration. */
    private static long check(Path run) throws IOException {
        for (String name : Runs.names(run)) {
            if (name.endsWith(".safetensors")) {
                assertThat(ModelFile.load(run.resolve(name)).spec()).as(name).isEqualTo(Runs.SPEC);
            }
            if (name.startsWith(RunFolder.CHECKPOINT)) {
                Checkpoint.load(run.resolve(name));
            }
        }
        long saved = Runs.checkpoint(run).iteration();
        Path log = run.resolve(RunFolder.LOG);
        List<String> rows = Files.exists(log) ? Runs.rows(run) : List.of();
        long logged = Runs.assertConsecutive(rows);
        assertThat(saved).isBetween(logged - EVERY, logged);
        return saved;
    }
}
