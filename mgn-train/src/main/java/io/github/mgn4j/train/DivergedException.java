package io.github.mgn4j.train;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when training produces NaN or infinity. If it is in a loss, in the
 * statistics of a batch norm or in the gradients, the weights are still those of
 * the step before.
 */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long iteration;
    private final String term;
    private final transient @Nullable Path checkpoint;

    private DivergedException(long iteration, String term, @Nullable Path checkpoint, String what) {
        super("iteration " + iteration + ": " + what
                + "; training stopped (a lower learning rate, a warm-up or clip-norm may help); "
                + (checkpoint == null ? "there is no checkpoint" : "the last good checkpoint is " + checkpoint));
        this.iteration = iteration;
        this.term = term;
        this.checkpoint = checkpoint;
    }

    static DivergedException loss(long iteration, String term, double value, @Nullable Path checkpoint) {
        return new DivergedException(iteration, term, checkpoint, "the loss '" + term + "' is " + value);
    }

    static DivergedException statistics(long iteration, String norm, @Nullable Path checkpoint) {
        return new DivergedException(
                iteration, norm, checkpoint, "the statistics of batch norm '" + norm + "' are NaN or infinite");
    }

    static DivergedException gradients(long iteration, double norm, @Nullable Path checkpoint) {
        return new DivergedException(iteration, "gradients", checkpoint, "the norm of the gradients is " + norm);
    }

    static DivergedException weights(long iteration, String tensor, @Nullable Path checkpoint) {
        return new DivergedException(
                iteration, tensor, checkpoint, "the tensor '" + tensor + "' has values that are NaN or infinite");
    }

    /** Returns the step, counted from 1. */
    public long iteration() {
        return iteration;
    }

    /** Returns the first term of the objective that was not finite, or {@code gradients}, or the name of a batch norm or weight. */
    public String term() {
        return term;
    }

    /** Returns the last checkpoint that was {@linkplain Trainer#checkpointSaved recorded}. */
    public Optional<Path> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }
}
