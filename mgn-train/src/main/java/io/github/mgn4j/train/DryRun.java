package io.github.mgn4j.train;

import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.data.PublishedCounts;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a training would do and what it would need, without training. {@link TrainingBuilder#dryRun} returns it. Immutable.
 *
 * @param dataset content of the data set and its differences from the published counts
 * @param recipe the recipe
 * @param spec the network
 * @param iterationsPerEpoch number of steps of an epoch
 * @param totalIterations number of steps of the whole recipe
 * @param parameters number of parameters, with classifiers
 * @param measuredImages number of images of each measured step
 * @param step estimated time of a step of the recipe's batch size, on this machine
 * @param memoryBytes estimated memory of the whole process in bytes, with the cache of resized images
 * @param memoryLimit memory in bytes that the process may use; 0 if unknown
 */
public record DryRun(
        DatasetSummary dataset,
        Recipe recipe,
        MgnSpec spec,
        int iterationsPerEpoch,
        int totalIterations,
        long parameters,
        int measuredImages,
        Duration step,
        long memoryBytes,
        long memoryLimit) {
    private static final double GIGA = 1e9;

    /** Measures a few steps; see {@link TrainingBuilder#dryRun}. */
    static DryRun of(TrainingBuilder setup, List<PublishedCounts> published) throws IOException {
        StepMeasurement measured = StepMeasurement.of(setup);
        Recipe recipe = setup.recipe;
        return new DryRun(
                DatasetSummary.of(setup.dataset, published),
                recipe,
                measured.spec(),
                measured.iterationsPerEpoch(),
                recipe.totalIterations(measured.iterationsPerEpoch()),
                NetworkSummary.of(measured.spec()).parameterCount(),
                measured.images(),
                measured.step(),
                measured.memoryBytes(),
                measured.memoryLimit());
    }

    /** Returns the estimated time of all steps, without evaluations and checkpoints. */
    public Duration duration() {
        return step.multipliedBy(totalIterations);
    }

    /**
     * Returns what is probably a mistake, one sentence each: counts that differ from the published ones, settings without
     * effect, too little memory.
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        dataset.difference().ifPresent(warnings::add);
        warnings.addAll(recipe.warnings());
        if (memoryLimit > 0 && memoryBytes > memoryLimit) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "the training needs about %.1f GB of memory, the process may use %.1f GB: set micro-batch in the"
                            + " recipe, or take a smaller batch",
                    memoryBytes / GIGA,
                    memoryLimit / GIGA));
        }
        return warnings;
    }

    /** Returns a text for people, with lines ending in a line feed; {@link #warnings} are not part of it. */
    public String render() {
        StringBuilder text = new StringBuilder();
        line(text, "data", "%s (%s)", dataset.root(), dataset.format());
        line(
                text,
                "",
                "%d images of %d identities to train on, %d queries, %d gallery images",
                dataset.train().images(),
                dataset.train().identities(),
                dataset.query().images(),
                dataset.gallery().images());
        if (!dataset.published().isEmpty()) {
            line(
                    text,
                    "",
                    dataset.differences().isEmpty() ? "as published: %s" : "differs from the published %s",
                    dataset.published());
            dataset.differences().forEach(difference -> line(text, "", "  %s", difference));
        }
        line(
                text,
                "network",
                "%d x %d input, %d branches, %d classes, %,d parameters",
                spec.input().height(),
                spec.input().width(),
                spec.branches().size(),
                spec.classes(),
                parameters);
        line(text, "batch", "%d identities x %d images = %d images", recipe.p(), recipe.k(), recipe.batchSize());
        line(text, "epoch", "%s: %d steps", epoch(), iterationsPerEpoch);
        line(
                text,
                "steps",
                recipe.iterations() == null ? "%d in %d epochs" : "%d, as 'iterations' says (epochs: not used)",
                totalIterations,
                recipe.epochs());
        LrSchedule schedule = recipe.schedule();
        line(
                text,
                "rate",
                "%s at the beginning, %s at the last step",
                schedule.at(Math.min(warmedUp(), totalIterations - 1), iterationsPerEpoch, totalIterations),
                round(schedule.at(totalIterations - 1, iterationsPerEpoch, totalIterations)));
        line(
                text,
                "memory",
                memoryLimit > 0
                        ? "about %.1f GB for the process, of %.1f GB that it may use"
                        : "about %.1f GB for the process",
                memoryBytes / GIGA,
                memoryLimit / GIGA);
        line(
                text,
                "time",
                "about %s on this machine: %.2f s a step, measured with %d images a step",
                time(duration()),
                step.toNanos() / 1e9,
                measuredImages);
        return text.toString();
    }

    private String epoch() {
        return recipe.sampling().epochLength() == EpochLength.FULL_PASS
                ? "a full pass, as many images as the training set has"
                : recipe.k() + " images of every identity";
    }

    private long warmedUp() {
        return (long) Math.ceil(recipe.schedule().warmUpEpochs() * iterationsPerEpoch);
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }

    /** Returns a time in the two largest units that it has. */
    private static String time(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " days " + time.toHoursPart() + " h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : Math.max(1, time.toSeconds()) + " s";
    }

    private static void line(StringBuilder text, String name, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-9s", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
