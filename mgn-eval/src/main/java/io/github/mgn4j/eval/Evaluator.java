package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.util.List;

/**
 * Computes the re-identification metrics as the Market-1501 protocol defines them. For each query a gallery entry is
 * left out when it shows the same person under the same camera, or is junk. Entries at the same distance keep the
 * gallery's order. Queries without a match are not counted.
 *
 * <p>Distances are computed a block of queries and gallery at a time, by matrix products where there is an ND4J backend
 * for a CPU. The products' rounding decides nothing: what it leaves open is settled by sums of squared differences in a
 * fixed order, so that equal features are equally near and the result is the same for any number of cores, size of
 * blocks and backend.
 *
 * <p>Immutable and thread-safe; an evaluation uses the cores of the common pool.
 *
 * @param metric the distance
 * @param top how many of the nearest gallery entries to keep in each {@link QueryResult}
 * @param blockBytes memory that the blocks of features and distances may take; at least 1 MiB. Beside it an evaluation
 *     needs a copy of the features under {@link DistanceMetric#COSINE}, one of the gallery's where there is junk in it, and less
 *     than a kilobyte for each query
 */
public record Evaluator(DistanceMetric metric, int top, long blockBytes) {
    private static final int DEFAULT_TOP = 10;

    public Evaluator {
        check(top >= 0, "top is %d, must not be negative", top);
        BlockShape.checkBytes(blockBytes);
    }

    /** With blocks of 128 MiB, beyond which they get no faster. */
    public Evaluator(DistanceMetric metric, int top) {
        this(metric, top, BlockShape.DEFAULT_BYTES);
    }

    /** Keeps the 10 nearest entries. */
    public Evaluator(DistanceMetric metric) {
        this(metric, DEFAULT_TOP);
    }

    /**
     * Extracts the features of a data set's query and gallery, and ranks the gallery for each query.
     *
     * @throws io.github.mgn4j.data.DatasetException if the data set has no query or no gallery
     * @throws io.github.mgn4j.image.ImageException if an image cannot be read
     * @throws EvaluationException if no query has a match
     */
    public DatasetEvaluation evaluate(FeatureExtractor extractor, ReidDataset dataset) throws IOException {
        return evaluate(extractor, dataset, EvaluationOptions.DEFAULT);
    }

    /**
     * Extracts the features of a data set's query and gallery, and evaluates them.
     *
     * @throws io.github.mgn4j.data.DatasetException if the data set has no query or no gallery that can be read
     * @throws io.github.mgn4j.image.ImageException if an image cannot be read, under {@link
     *     io.github.mgn4j.image.OnError#FAIL}
     * @throws EvaluationException if no query has a match, or the data does not suit an option
     */
    public DatasetEvaluation evaluate(FeatureExtractor extractor, ReidDataset dataset, EvaluationOptions options)
            throws IOException {
        return evaluate(TestFeatures.extract(extractor, dataset, options), options);
    }

    /**
     * Evaluates features that have been extracted: expands the queries, ranks, re-ranks and verifies, as the options say.
     *
     * @throws EvaluationException if no query has a match, or the data does not suit an option
     */
    public DatasetEvaluation evaluate(TestFeatures features, EvaluationOptions options) {
        return DatasetEvaluation.of(this, features, options);
    }

    /**
     * Ranks the gallery for each query by the distance of their features.
     *
     * @throws EvaluationException if the dims differ, or no query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery) {
        Candidates candidates = Candidates.of(gallery);
        return evaluate(
                new BoundedFeatureDistances(query.features(), candidates.features(), metric, blockBytes),
                query.labels(),
                candidates,
                false,
                gallery.labels().size());
    }

    /**
     * Ranks the gallery for each query by re-ranked distances. Junk is left out of the gallery before re-ranking, so
     * that it is nobody's neighbour.
     *
     * @throws EvaluationException if the dims differ, the gallery is smaller than the re-ranker's neighbourhoods, or no
     *     query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery, ReRanker reRanker) {
        Candidates candidates = Candidates.of(gallery);
        return evaluate(
                reRanker.screen(query.features(), candidates.features(), metric, blockBytes),
                query.labels(),
                candidates,
                false,
                gallery.labels().size());
    }

    /**
     * Takes each image as a query and all the others as its gallery: for sets that are not split.
     *
     * @throws EvaluationException if no query has a match
     */
    public Evaluation evaluate(LabelledFeatures all) {
        Candidates candidates = Candidates.of(all);
        return evaluate(
                new BoundedFeatureDistances(all.features(), candidates.features(), metric, blockBytes),
                all.labels(),
                candidates,
                true,
                all.labels().size());
    }

    /**
     * Ranks the gallery for each query by any distances, row i of which is the query of label i. It holds as many rows
     * of them as cores times 32.
     *
     * @throws EvaluationException if the labels are of other sizes than the distances, or no query has a match
     */
    public Evaluation evaluate(Distances distances, Labels query, Labels gallery) {
        check(
                query.size() == distances.queries() && gallery.size() == distances.gallery(),
                "distances of %d queries to %d gallery images, but labels of %d and %d",
                distances.queries(),
                distances.gallery(),
                query.size(),
                gallery.size());
        QueryResult[] results = new QueryResult[query.size()];
        QueryBlocks.forEachRow(distances, (q, row) -> results[q] = RankedList.rank(q, query, gallery, row, top));
        return evaluation(List.of(results), gallery.size());
    }

    private Evaluation evaluate(
            BoundedDistances distances, Labels query, Candidates gallery, boolean itself, int gallerySize) {
        return evaluation(new RankScan(distances, query, gallery, itself, top).run(), gallerySize);
    }

    private static Evaluation evaluation(List<QueryResult> results, int gallerySize) {
        return new Evaluation(ReidMetrics.of(results, gallerySize), results);
    }
}
