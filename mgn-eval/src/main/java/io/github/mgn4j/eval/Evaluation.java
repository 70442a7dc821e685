package io.github.mgn4j.eval;

import java.util.List;

/**
 * The outcome of an evaluation.
 *
 * @param results of every query, in the order of the queries
 */
public record Evaluation(ReidMetrics metrics, List<QueryResult> results) {
    public Evaluation {
        results = List.copyOf(results);
    }
}
