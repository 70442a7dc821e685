package io.github.mgn4j.train;

import io.github.mgn4j.weights.ModelFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a training run, kept up to date as a listener: {@code recipe.yaml} as used, {@code log.csv} with one row
 * per step, {@code checkpoint-ITERATION.safetensors} every {@link Recipe#checkpointEvery()} steps (the latest stays, older
 * ones are removed once it is complete), and {@code model.safetensors} at the end. Models appear whole or not at all.
 */
public final class RunFolder implements TrainingListener, AutoCloseable {
    /** Name of the trained model. */
    public static final String MODEL = "model.safetensors";

    /** Name of the table of steps. */
    public static final String LOG = "log.csv";

    /** Name of the recipe as used. */
    public static final String RECIPE = "recipe.yaml";

    /** Beginning of the names of checkpoints. */
    public static final String CHECKPOINT = "checkpoint-";

    /** First line of the table of steps. */
    public static final String LOG_HEADER = "epoch,iteration,loss,softmax,triplet,lr,images_per_second";

    private static final Logger logger = LoggerFactory.getLogger(RunFolder.class);

    private final Path folder;
    private @Nullable BufferedWriter rows;
    private @Nullable Path checkpoint;

    private RunFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * A folder for a new run; made if it is missing.
     *
     * @param overwrite whether the files of an earlier run may be removed
     * @throws FileAlreadyExistsException if there are files of an earlier run and they may not
     */
    public static RunFolder create(Path folder, boolean overwrite) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, "a folder for the run wanted, found a file");
        }
        Files.createDirectories(folder);
        List<Path> earlier = filesOfARun(folder);
        if (!earlier.isEmpty() && !overwrite) {
            throw new FileAlreadyExistsException(earlier.get(0).toString(), null, "belongs to an earlier run");
        }
        for (Path file : earlier) {
            Files.delete(file);
        }
        return new RunFolder(folder);
    }

    private static List<Path> filesOfARun(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.equals(MODEL)
                                || name.equals(LOG)
                                || name.equals(RECIPE)
                                || name.startsWith(CHECKPOINT);
                    })
                    .sorted()
                    .toList();
        }
    }

    /** Where the trained model will be. */
    public Path model() {
        return folder.resolve(MODEL);
    }

    /** Where the table of steps is. */
    public Path log() {
        return folder.resolve(LOG);
    }

    @Override
    public void onStart(Trainer trainer) throws IOException {
        RecipeYaml.write(folder.resolve(RECIPE), trainer.recipe());
        rows = Files.newBufferedWriter(log(), StandardCharsets.UTF_8);
        row(LOG_HEADER);
    }

    @Override
    public void onStep(Trainer trainer, StepReport step) throws IOException {
        row(String.format(
                Locale.ROOT,
                "%d,%d,%.9g,%.9g,%.9g,%s,%.2f",
                step.epoch(),
                step.iteration(),
                step.loss(),
                step.softmax(),
                step.triplet(),
                step.lr(),
                step.imagesPerSecond()));
        int every = trainer.recipe().checkpointEvery();
        if (every > 0 && step.iteration() % every == 0 && step.iteration() < trainer.totalIterations()) {
            writeCheckpoint(trainer);
        }
    }

    private void writeCheckpoint(Trainer trainer) throws IOException {
        Path file = folder.resolve(String.format(Locale.ROOT, "%s%08d.safetensors", CHECKPOINT, trainer.iteration()));
        ModelFile.save(file, trainer.model());
        if (checkpoint != null) {
            Files.deleteIfExists(checkpoint);
        }
        checkpoint = file;
        logger.info("checkpoint {}", file);
    }

    @Override
    public void onEnd(Trainer trainer) throws IOException {
        close();
        ModelFile.save(model(), trainer.model());
    }

    private void row(String text) throws IOException {
        if (rows != null) {
            rows.write(text);
            rows.write('\n');
            rows.flush(); // a run is watched while it goes on
        }
    }

    /** Closes the table of steps; what is in the folder stays. */
    @Override
    public void close() throws IOException {
        if (rows != null) {
            rows.close();
            rows = null;
        }
    }
}
