package io.github.mgn4j.study;

import io.github.mgn4j.loss.Objective;
import java.util.List;

/**
 * What a study will do. Immutable.
 *
 * @param rows the rows with their networks, as they will be trained
 * @param seeds the seeds
 * @param iterations steps of each training
 * @param trainings number of trainings; one that several rows share is counted once
 */
public record StudyPlan(List<StudyRow> rows, List<Long> seeds, int iterations, int trainings) {
    public StudyPlan {
        rows = List.copyOf(rows);
        seeds = List.copyOf(seeds);
    }

    /** Returns the objective of a network of the plan. */
    public static Objective objective(StudyNetwork network) {
        return network.usedObjective();
    }
}
