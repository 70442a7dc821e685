package io.github.mgn4j.cli;

import io.github.mgn4j.train.StepReport;
import io.github.mgn4j.train.Trainer;
import io.github.mgn4j.train.TrainingListener;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows the steps of a training on the terminal, after its other listeners. */
final class StepProgress implements TrainingListener, AutoCloseable {
    private final Terminal terminal;
    private @Nullable Progress progress;
    private long first;

    StepProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onStart(Trainer trainer) {
        first = trainer.iteration() + 1;
        progress = terminal.progress("steps");
        progress.startAt(trainer.iteration());
    }

    @Override
    public void onStep(Trainer trainer, StepReport step) {
        if (step.iteration() == first) { // only once the call has been accepted
            trainer.recipe().warnings().forEach(terminal::say);
        }
        if (progress != null) {
            progress.update(step.iteration(), trainer.totalIterations(), details(step));
        }
    }

    /** Returns the details, the most important first, because a short line drops the last. */
    private static List<String> details(StepReport step) {
        return List.of(
                String.format(Locale.ROOT, "loss %.3f", step.loss()),
                String.format(Locale.ROOT, "lr %.4g", step.lr()),
                String.format(Locale.ROOT, "%.1f images/s", step.imagesPerSecond()),
                String.format(Locale.ROOT, "softmax %.3f", step.softmax()),
                String.format(Locale.ROOT, "triplet %.3f", step.triplet()));
    }

    @Override
    public void onStop(Trainer trainer) {
        close();
    }

    @Override
    public void onEnd(Trainer trainer) {
        close();
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
