package io.github.mgn4j.train;

/** A loss became NaN or infinite; the weights are still those of the step before. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long iteration;
    private final String term;

    DivergedException(long iteration, String term, double value) {
        super("iteration " + iteration + ": the loss '" + term + "' is " + value
                + "; training stopped (a lower learning rate or a warm-up may help)");
        this.iteration = iteration;
        this.term = term;
    }

    /** The step, counted from 1. */
    public long iteration() {
        return iteration;
    }

    /** The first term of the objective that was not finite. */
    public String term() {
        return term;
    }
}
