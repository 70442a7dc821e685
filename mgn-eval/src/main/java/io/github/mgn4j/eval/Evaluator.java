package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes the re-identification metrics as the Market-1501 protocol defines them. For each query a gallery entry is
 * left out when it shows the same person under the same camera, or is junk. Entries at the same distance keep the
 * gallery's order. Queries without a match are not counted.
 *
 * <p>Immutable and thread-safe; an evaluation uses the cores of the common pool, and its result does not depend on their
 * number. It holds as many rows of distances as cores times 32, never all.
 *
 * @param metric the distance
 * @param top how many of the nearest gallery entries to keep in each {@link QueryResult}
 */
public record Evaluator(Metric metric, int top) {
    private static final int DEFAULT_TOP = 10;

    public Evaluator {
        check(top >= 0, "top is %d, must not be negative", top);
    }

    /** Keeps the 10 nearest entries. */
    public Evaluator(Metric metric) {
        this(metric, DEFAULT_TOP);
    }

    /**
     * Ranks the gallery for each query by the distance of their features.
     *
     * @throws EvaluationException if the dims differ, or no query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery) {
        Distances distances = Distances.between(query.features(), gallery.features(), metric);
        return evaluate(distances, query.labels(), gallery.labels());
    }

    /**
     * Ranks the gallery for each query by re-ranked distances. Junk is left out of the gallery before re-ranking, so
     * that it is nobody's neighbour.
     *
     * @throws EvaluationException if the dims differ, the gallery is smaller than the re-ranker's neighbourhoods, or no
     *     query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery, ReRanker reRanker) {
        Labels labels = gallery.labels();
        int[] kept =
                IntStream.range(0, labels.size()).filter(j -> !labels.isJunk(j)).toArray();
        boolean all = kept.length == labels.size();
        FeatureMatrix features = all ? gallery.features() : gallery.features().select(kept);
        Distances reRanked = reRanker.reRank(query.features(), features, metric);
        Distances distances = all ? reRanked : new SpreadDistances(reRanked, kept, labels.size());
        return evaluate(distances, query.labels(), labels);
    }

    /**
     * Takes each image as a query and all the others as its gallery: for sets that are not split.
     *
     * @throws EvaluationException if no query has a match
     */
    public Evaluation evaluate(LabelledFeatures all) {
        Distances distances = Distances.between(all.features(), all.features(), metric);
        return evaluate(distances, all.labels(), all.labels(), true);
    }

    /**
     * Ranks the gallery for each query by any distances, row i of which is the query of label i.
     *
     * @throws EvaluationException if the labels are of other sizes than the distances, or no query has a match
     */
    public Evaluation evaluate(Distances distances, Labels query, Labels gallery) {
        return evaluate(distances, query, gallery, false);
    }

    private Evaluation evaluate(Distances distances, Labels query, Labels gallery, boolean itself) {
        check(
                query.size() == distances.queries() && gallery.size() == distances.gallery(),
                "distances of %d queries to %d gallery images, but labels of %d and %d",
                distances.queries(),
                distances.gallery(),
                query.size(),
                gallery.size());
        QueryResult[] results = new QueryResult[query.size()];
        QueryBlocks.forEachRow(
                distances, (q, row) -> results[q] = RankedList.rank(q, query, gallery, row, itself ? q : -1, top));
        List<QueryResult> all = List.of(results);
        return new Evaluation(Metrics.of(all, gallery.size()), all);
    }
}
