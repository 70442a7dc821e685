package io.github.mgn4j.study;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.train.DivergedException;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.StepLog;
import io.github.mgn4j.train.StepReport;
import io.github.mgn4j.train.Training;
import io.github.mgn4j.train.TrainingBuilder;
import io.github.mgn4j.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The training of one network of a study in a run folder of its own. The folder holds the model once it is trained, or the
 * file {@code diverged.txt}; until then its checkpoints continue it.
 */
final class StudyRun {
    private static final String DIVERGED = "diverged.txt";

    private final Path folder;
    private final StudyNetwork network;

    StudyRun(Path folder, StudyNetwork network) {
        this.folder = folder;
        this.network = network;
    }

    Path folder() {
        return folder;
    }

    Path model() {
        return folder.resolve(RunFolder.MODEL);
    }

    /** Returns where the training diverged, or null. */
    @Nullable
    String diverged() throws IOException {
        Path file = folder.resolve(DIVERGED);
        return Files.exists(file) ? Files.readString(file).strip() : null;
    }

    boolean isFinished() {
        return Files.exists(model()) || Files.exists(folder.resolve(DIVERGED));
    }

    /**
     * Trains the network, or continues its training.
     *
     * @param opened receives the training, to stop it from another thread
     * @return whether the training is finished: not if it was stopped
     */
    boolean train(ReidDataset dataset, TrainingListener listener, Consumer<Training> opened) throws IOException {
        if (!isFinished()) {
            TrainingBuilder builder = Training.builder(dataset, network.recipe())
                    .folder(folder)
                    .overwrite(true) // a training that was killed before its first checkpoint begins again
                    .resume(true)
                    .listener(listener);
            if (network.start() == null) {
                builder.spec(network.spec());
            } else {
                builder.start(
                        network.start().start(network.spec(), network.recipe().seed()));
            }
            if (network.objective() != null) {
                builder.objective(network.objective());
            }
            try (Training training = builder.open()) {
                opened.accept(training);
                training.run();
            } catch (DivergedException e) {
                AtomicFile.writeString(folder.resolve(DIVERGED), "step " + e.iteration() + ", " + e.term() + "\n");
            }
        }
        if (isFinished()) {
            removeCheckpoints();
        }
        return isFinished();
    }

    /** Removes what only the continuation of a training needs, which is twice as large as its model. */
    private void removeCheckpoints() throws IOException {
        List<Path> checkpoints;
        try (Stream<Path> files = Files.list(folder)) {
            checkpoints = files.filter(f -> f.getFileName().toString().startsWith(RunFolder.CHECKPOINT))
                    .toList();
        }
        for (Path file : checkpoints) {
            Files.deleteIfExists(file);
        }
    }

    List<StepReport> steps() throws IOException {
        return Files.exists(folder.resolve(RunFolder.LOG)) ? StepLog.read(folder) : List.of();
    }

    /** Returns the time of all steps, those before a stop included. */
    double seconds() throws IOException {
        return steps().stream()
                .filter(step -> step.imagesPerSecond() > 0)
                .mapToDouble(step -> network.recipe().batchSize() / step.imagesPerSecond())
                .sum();
    }
}
