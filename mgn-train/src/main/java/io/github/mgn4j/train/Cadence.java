package io.github.mgn4j.train;

/**
 * How often a run does what is not a step.
 *
 * @param checkpointEvery iterations between two checkpoints; 0 for none but at the end or when training is stopped
 * @param evaluateEvery iterations between two evaluations; 0 for none
 */
public record Cadence(int checkpointEvery, int evaluateEvery) {
    public Cadence {
        RecipeException.check(evaluateEvery >= 0, "evaluate-every must be 0 or more, not %s", evaluateEvery);
        RecipeException.check(checkpointEvery >= 0, "checkpoint-every must be 0 or more, not %s", checkpointEvery);
    }
}
