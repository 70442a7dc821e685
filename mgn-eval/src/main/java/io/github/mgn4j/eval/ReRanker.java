package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;

/**
 * Re-ranking with k-reciprocal encoding (Zhong, Zheng, Cao and Li, CVPR 2017), as in the authors' Python code:
 *
 * <ul>
 *   <li>Distances are squared Euclidean, of L2-normalised features under {@link DistanceMetric#COSINE}, between all
 *       images, queries and gallery alike. Each column is divided by its maximum.
 *   <li>An image's k1-reciprocal neighbours are extended by the neighbourhoods of k1 / 2 (half rounded to even) that
 *       overlap them by more than two thirds, and weighted by exp(-distance). The weights sum to 1.
 *   <li>The weights are averaged over the k2 nearest images, the image itself among them.
 *   <li>The result is (1 - lambda) x Jaccard distance of the weights + lambda x distance.
 * </ul>
 *
 * <p>Only neighbours and nonzero weights are stored. Unlike the published code, this class does not round weights
 * to float16. On ties the earlier image is the nearer, queries before gallery. Immutable and thread-safe.
 *
 * @param k1 size of the reciprocal neighbourhoods, the image itself not counted
 * @param k2 number of images averaged over; 1 for the image itself only
 * @param lambda weight of the original distance, 0 to 1
 */
public record ReRanker(int k1, int k2, double lambda) {
    /** The article's settings: k1 = 20, k2 = 6, lambda = 0.3. */
    public static final ReRanker STANDARD = new ReRanker(20, 6, 0.3);

    /**
     * Checks the settings.
     *
     * @throws EvaluationException if k1 or k2 is below 1 or lambda outside 0..1
     */
    public ReRanker {
        check(k1 >= 1, "k1 is %d, must be at least 1", k1);
        check(k2 >= 1, "k2 is %d, must be at least 1", k2);
        check(lambda >= 0 && lambda <= 1, "lambda is %s, must lie in 0..1", lambda);
    }

    /**
     * Returns re-ranked distances from queries to a gallery. Remove junk from the gallery first, as {@link
     * Evaluator#evaluate(LabelledFeatures, LabelledFeatures, ReRanker)} does.
     *
     * @throws EvaluationException if the dims differ, or the gallery has fewer than k1 or k2 images
     */
    public Distances reRank(FeatureMatrix queries, FeatureMatrix gallery, DistanceMetric metric) {
        return screen(Rows.of(queries), Rows.of(gallery), metric, BlockShape.DEFAULT_BYTES);
    }

    /** Returns the re-ranked distances as bounded distances, for rankings. */
    BoundedDistances screen(Rows queries, Rows gallery, DistanceMetric metric, long blockBytes) {
        check(
                Math.max(k1, k2) <= gallery.size(),
                "%s is %d, but the gallery to re-rank has only %d images (junk left out)",
                k1 >= k2 ? "k1" : "k2",
                Math.max(k1, k2),
                gallery.size());
        check(
                queries.dims() == gallery.dims(),
                "query features have %d dims, gallery features %d",
                queries.dims(),
                gallery.dims());
        Rows asked = queries.comparedBy(metric); // once for both uses
        Rows entries = gallery.comparedBy(metric);
        Neighbours neighbours = Neighbours.of(asked.then(entries), metric, Math.max(k1 + 1, k2), blockBytes);
        SparseRow[] encoding = new ReciprocalEncoding(neighbours, k1, k2).encode();
        return new BoundedReRankedDistances(
                BoundedUnitDistances.between(asked, entries, metric, blockBytes, Products.fastest()),
                neighbours,
                JaccardDistances.of(encoding, queries.size()),
                lambda);
    }
}
