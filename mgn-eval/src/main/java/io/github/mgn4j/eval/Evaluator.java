package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.util.List;

/**
 * Computes the re-identification metrics as the Market-1501 protocol defines them. For each query, gallery entries of
 * the same person under the same camera are left out, and so is junk. Entries at the same distance keep the gallery's
 * order. Queries without a match are not counted.
 *
 * <p>Distances are computed one block of queries and gallery at a time, by matrix products: those of a native
 * library if mgn-onednn or mgn-samediff is on the class path, otherwise products in Java. The products' rounding does not affect the result: pairs whose
 * order it leaves open are settled by sums of squared differences in a fixed order. So equal features are equally near,
 * and the result is the same for any number of cores, block size and library.
 *
 * <p>Immutable and thread-safe. An evaluation uses the cores of the common pool.
 *
 * @param metric the distance metric
 * @param top number of nearest gallery entries to keep in each {@link QueryResult}
 * @param blockBytes memory for the blocks of features and distances, in bytes; at least 1 MiB. In addition an
 *     evaluation needs a copy of the features under {@link DistanceMetric#COSINE}, and less than a kilobyte per query
 */
public record Evaluator(DistanceMetric metric, int top, long blockBytes) {
    private static final int DEFAULT_TOP = 10;

    /**
     * Checks the settings.
     *
     * @throws EvaluationException if {@code top} is negative or {@code blockBytes} is below 1 MiB
     */
    public Evaluator {
        check(top >= 0, "top is %d, must not be negative", top);
        BlockShape.checkBytes(blockBytes);
    }

    /** Creates an evaluator with blocks of 128 MiB. Larger blocks are no faster. */
    public Evaluator(DistanceMetric metric, int top) {
        this(metric, top, BlockShape.DEFAULT_BYTES);
    }

    /** Creates an evaluator that keeps the 10 nearest entries of each query. */
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
     * Extracts the features of a data set's query and gallery and evaluates them.
     *
     * @throws io.github.mgn4j.data.DatasetException if the data set has no query or no gallery that can be read
     * @throws io.github.mgn4j.image.ImageException if an image cannot be read, and the options say {@link
     *     io.github.mgn4j.image.OnError#FAIL}
     * @throws EvaluationException if no query has a match, or the data does not suit an option
     */
    public DatasetEvaluation evaluate(FeatureExtractor extractor, ReidDataset dataset, EvaluationOptions options)
            throws IOException {
        return evaluate(TestFeatures.extract(extractor, dataset, options), options);
    }

    /**
     * Evaluates extracted features: expands the queries, ranks, re-ranks and verifies as the options ask.
     *
     * @throws EvaluationException if no query has a match, or the data does not suit an option
     */
    public DatasetEvaluation evaluate(TestFeatures features, EvaluationOptions options) {
        return DatasetEvaluation.of(this, features, options);
    }

    /**
     * Ranks the gallery for each query by feature distance.
     *
     * @throws EvaluationException if the dims differ, or no query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery) {
        Candidates candidates = Candidates.of(gallery);
        return evaluate(
                new BoundedFeatureDistances(
                        Rows.of(query.features()), candidates.features(), metric, blockBytes, Products.fastest()),
                query.labels(),
                candidates,
                false,
                gallery.labels().size());
    }

    /**
     * Ranks the gallery for each query by re-ranked distances. Junk is removed from the gallery before re-ranking, so
     * that it is in no neighbourhood.
     *
     * @throws EvaluationException if the dims differ, the gallery is smaller than the re-ranker's neighbourhoods, or no
     *     query has a match
     */
    public Evaluation evaluate(LabelledFeatures query, LabelledFeatures gallery, ReRanker reRanker) {
        Candidates candidates = Candidates.of(gallery);
        return evaluate(
                reRanker.screen(Rows.of(query.features()), candidates.features(), metric, blockBytes),
                query.labels(),
                candidates,
                false,
                gallery.labels().size());
    }

    /**
     * Ranks, for each image as the query, all other images as its gallery. Use it for sets without a split.
     *
     * @throws EvaluationException if no query has a match
     */
    public Evaluation evaluate(LabelledFeatures all) {
        Candidates candidates = Candidates.of(all);
        return evaluate(
                new BoundedFeatureDistances(
                        Rows.of(all.features()), candidates.features(), metric, blockBytes, Products.fastest()),
                all.labels(),
                candidates,
                true,
                all.labels().size());
    }

    /**
     * Ranks the gallery for each query by any distances. Row i of the distances belongs to label i of the queries. At
     * most 32 rows per core are held at once.
     *
     * @throws EvaluationException if the numbers of labels and distances differ, or no query has a match
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
