package io.github.mgn4j.train;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.ProcessMemory;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.time.Duration;

/**
 * Time and memory of a training step. A few steps of few images are taken, since those of the whole batch may not fit into
 * memory. If its maps are small, steps of the whole batch are measured then; otherwise the few images are scaled to the batch:
 * a large network's time and its maps are proportional to the number of images, the weights, their gradients and the
 * optimizer's state do not depend on it. A small network's time is not: each operation has a cost of its own.
 *
 * @param spec the network
 * @param iterationsPerEpoch number of steps of an epoch
 * @param images number of images of a measured step
 * @param step time of a step of the whole batch
 * @param memoryBytes memory of the process in training
 * @param memoryLimit memory that the process may use; 0 if unknown
 */
record StepMeasurement(
        MgnSpec spec, int iterationsPerEpoch, int images, Duration step, long memoryBytes, long memoryLimit) {
    private static final int IMAGES = 8;
    private static final int STEPS = 2;
    /** Memory of a batch's maps up to which the whole batch is measured. */
    private static final long SMALL = 1L << 29;

    static StepMeasurement of(TrainingBuilder setup) throws IOException {
        Model start = setup.startingModel();
        Recipe recipe = setup.recipe;
        try (DatasetBatches all = setup.batches(recipe, start)) {
            // The whole batch is checked, though fewer images may be measured.
            setup.trainer(all).objectiveFor(start.spec()).check(start.spec(), recipe.batchSize());
            Taken taken = take(setup, start, small(recipe));
            if (taken.images() < recipe.batchSize() && recipe.microBatch() == 0 && taken.growth() <= SMALL) {
                taken = take(setup, start, recipe);
            }
            double times = (double) recipe.batchSize() / taken.images();
            return new StepMeasurement(
                    start.spec(),
                    all.iterationsPerEpoch(),
                    taken.images(),
                    Duration.ofNanos(Math.round(taken.nanos() * times)),
                    ProcessMemory.resident()
                            + taken.growth()
                            + cache(setup, start.spec().input()),
                    ProcessMemory.limit());
        }
    }

    /** Measured steps: their number of images, the time of one, and the additional memory of one of the whole batch. */
    private record Taken(int images, long nanos, long growth) {}

    private static Taken take(TrainingBuilder setup, Model start, Recipe recipe) throws IOException {
        try (DatasetBatches batches = setup.batches(recipe, start);
                Trainer trainer = setup.trainer(recipe, batches).start(start)) {
            trainer.step(); // plans the graphs and warms up
            long began = System.nanoTime();
            for (int i = 0; i < STEPS; i++) {
                trainer.step();
            }
            long nanos = (System.nanoTime() - began) / STEPS;
            double times = (double) setup.recipe.batchSize() / recipe.batchSize();
            return new Taken(recipe.batchSize(), nanos, growth(trainer, times));
        }
    }

    /** Returns the recipe with the number of identities to measure with: few, or those of two micro-batches. */
    private static Recipe small(Recipe recipe) {
        int p = Math.max(1, Math.min(recipe.p(), IMAGES / recipe.k()));
        int micro = recipe.microBatch();
        if (micro > 0) {
            p = 1;
            while (p < recipe.p() && (p * recipe.k()) % micro != 0) {
                p++;
            }
        }
        if (p * recipe.k() < 2) {
            p = Math.min(2, recipe.p());
        }
        return recipe.toBuilder().p(p).build();
    }

    /** Returns the additional memory of a step of the whole batch; micro-batches have their size already. */
    private static long growth(Trainer trainer, double times) {
        return trainer.recipe().microBatch() > 0 ? 0 : Math.round(trainer.bytesOfImages() * (times - 1));
    }

    private static long cache(TrainingBuilder setup, InputSize input) {
        ReidDataset dataset = setup.dataset;
        return Math.min(
                setup.cacheBytes,
                3L * input.height() * input.width() * dataset.train().size());
    }
}
