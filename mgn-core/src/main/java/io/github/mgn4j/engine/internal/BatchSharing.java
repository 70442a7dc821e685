package io.github.mgn4j.engine.internal;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs the batches of an engine on the cores: divides large ones among workers, and gives small ones all cores or one, as
 * {@link TeamSize} says. Used by one thread at a time.
 */
public final class BatchSharing {
    /** Runs the images that it was made for. */
    @FunctionalInterface
    public interface Plan {
        /** Reads the images from the first buffer and writes their features to the second, from the position of each. */
        void run(FloatBuffer images, FloatBuffer features);
    }

    /** Supplies plans. */
    @FunctionalInterface
    public interface Plans {
        /**
         * Returns a plan.
         *
         * @param worker index of the worker that will run it, which asks for one plan at a time
         * @param images number of images
         * @param threads native threads of the worker
         */
        Plan get(int worker, int images, int threads);
    }

    private final Workers workers;
    private final int cores;
    private final int least;
    private final Plans plans;
    private final Map<Integer, TeamSize> teams = new HashMap<>(); // by batch size

    /**
     * Creates the sharing of an engine's batches.
     *
     * @param cores the cores to share them among; with one, every batch is one plan
     * @param least least images of a piece, as {@link Division#of} takes it
     */
    public BatchSharing(Workers workers, int cores, int least, Plans plans) {
        this.workers = workers;
        this.cores = cores;
        this.least = least;
        this.plans = plans;
    }

    /**
     * Runs a batch.
     *
     * @param images those of the batch, from position 0 to the limit
     * @param features room for those of the batch, from position 0 to the limit
     */
    public void run(int batch, FloatBuffer images, FloatBuffer features) {
        Division division = Division.of(batch, cores, least);
        if (division.workers() > 1) {
            runPieces(division, images, features);
        } else {
            runWhole(batch, images, features);
        }
    }

    private void runPieces(Division division, FloatBuffer images, FloatBuffer features) {
        int imageLength = images.remaining() / division.batch();
        int featureLength = features.remaining() / division.batch();
        workers.run(division, (worker, piece) -> {
            int start = division.start(piece);
            int size = division.size(piece);
            plans.get(worker, size, division.threads())
                    .run(
                            images.slice(start * imageLength, size * imageLength),
                            features.slice(start * featureLength, size * featureLength));
        });
    }

    /** Runs a batch with all cores, or one, at every layer. */
    private void runWhole(int batch, FloatBuffer images, FloatBuffer features) {
        TeamSize team = teams.computeIfAbsent(batch, size -> new TeamSize(cores));
        int threads = team.next();
        workers.use(threads);
        Plan plan = plans.get(0, batch, threads);
        long start = System.nanoTime();
        plan.run(images, features);
        team.took(System.nanoTime() - start);
    }
}
