package io.github.mgn4j.eval;

import java.util.List;

/**
 * The results of ranking the gallery for every query.
 *
 * @param metrics the metrics over all queries
 * @param results the result of each query, in the order of the queries
 */
public record Evaluation(ReidMetrics metrics, List<QueryResult> results) {
    public Evaluation {
        results = List.copyOf(results);
    }
}
