package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Runs of a tiny network in folders, for the tests of resuming. */
final class Runs {
    static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1 / 32.0)
            .input(64, 32)
            .branches(Branch.part(2))
            .embedding(8)
            .classes(3)
            .build();

    private Runs() {}

    static RecipeBuilder recipe() {
        return Recipe.builder().p(2).k(2).iterations(12).checkpointEvery(5);
    }

    static ManyBatches data() {
        return new ManyBatches(SPEC, 2, 2);
    }

    /** A run from the beginning, stopped after a number of steps (0 for never). */
    static Model begin(Path folder, Recipe recipe, long stopAfter) throws IOException {
        try (RunFolder run = RunFolder.create(folder, false);
                Trainer trainer = new Trainer(ReferenceWeights.model(SPEC), recipe, data())) {
            return run(run, trainer, stopAfter);
        }
    }

    /** A resumed run, stopped after a number of steps in all (0 for never). */
    static Model resume(Path folder, Recipe recipe, long stopAfter) throws IOException {
        try (RunFolder run = RunFolder.resume(folder);
                Trainer trainer = Trainer.resume(run.checkpoint().orElseThrow(), recipe, data())) {
            return run(run, trainer, stopAfter);
        }
    }

    private static Model run(RunFolder run, Trainer trainer, long stopAfter) throws IOException {
        // Better and better, then worse.
        run.evaluator((model, iteration) -> -Math.abs(iteration - 8.0));
        trainer.addListener(run);
        trainer.addListener((t, step) -> {
            if (step.iteration() == stopAfter) {
                t.requestStop();
            }
        });
        return trainer.run();
    }

    /** What a run is resumed from. */
    static Checkpoint checkpoint(Path folder) throws IOException {
        try (RunFolder run = RunFolder.resume(folder)) {
            return run.checkpoint().orElseThrow();
        }
    }

    /** All of two runs but their speed is the same. */
    static void assertSame(Path found, Path wanted) throws IOException {
        assertThat(names(found)).isEqualTo(names(wanted));
        for (String name : names(wanted)) {
            if (name.equals(RunFolder.LOG)) {
                assertThat(rows(found)).isEqualTo(rows(wanted));
            } else {
                assertThat(Files.mismatch(found.resolve(name), wanted.resolve(name)))
                        .as(name)
                        .isEqualTo(-1);
            }
        }
    }

    static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** The table of steps without the last column, the speed. */
    static List<String> rows(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve(RunFolder.LOG)).stream()
                .map(row -> row.substring(0, row.lastIndexOf(',')))
                .toList();
    }

    /** Makes sure that a table has the rows 1 to n, and returns n. */
    static long assertConsecutive(List<String> rows) {
        AtomicLong last = new AtomicLong();
        rows.stream()
                .skip(1)
                .forEach(row -> assertThat(row.split(",", -1)[1]).isEqualTo(String.valueOf(last.incrementAndGet())));
        return last.get();
    }
}
