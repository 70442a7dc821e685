package io.github.mgn4j.train;

/**
 * The intervals of a run's checkpoints and evaluations.
 *
 * @param checkpointEvery iterations between two checkpoints; 0 for checkpoints only at the end and when training is
 *     stopped
 * @param evaluateEvery iterations between two evaluations; 0 for none
 */
public record Cadence(int checkpointEvery, int evaluateEvery) {
    /**
     * Checks the settings.
     *
     * @throws RecipeException if a number is negative
     */
    public Cadence {
        RecipeException.check(evaluateEvery >= 0, "evaluate-every must be 0 or more, not %s", evaluateEvery);
        RecipeException.check(checkpointEvery >= 0, "checkpoint-every must be 0 or more, not %s", checkpointEvery);
    }
}
