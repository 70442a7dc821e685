package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.eval.internal.NearCandidates;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Alpha query expansion (Radenovic, Tolias and Chum, TPAMI 2019, section 3.5): a query is replaced by the weighted mean
 * of itself and its nearest gallery features. The weight is the cosine with the query to the power of alpha, and 0 at
 * more than a right angle. Under {@link DistanceMetric#COSINE} the features are L2-normalised first, as in the article;
 * under {@link DistanceMetric#EUCLIDEAN} they are used as they are. Immutable and thread-safe.
 *
 * @param neighbours number of nearest gallery entries in the mean
 * @param alpha exponent of the weights: 0 for a plain mean, larger to favour the nearest; the article uses 3
 */
public record QueryExpansion(int neighbours, double alpha) {
    /**
     * Checks the settings.
     *
     * @throws EvaluationException if there are no neighbours, or alpha is negative or not finite
     */
    public QueryExpansion {
        check(neighbours >= 1, "neighbours is %d, must be at least 1", neighbours);
        check(alpha >= 0 && alpha < Double.POSITIVE_INFINITY, "alpha is %s, must be 0 or more", alpha);
    }

    /**
     * Expands the queries from the gallery without its junk. No other label is used, as none is known in a real search.
     *
     * @throws EvaluationException if the dims differ, or the gallery without junk has fewer images than {@code
     *     neighbours}
     */
    public LabelledFeatures expand(LabelledFeatures query, LabelledFeatures gallery, DistanceMetric metric) {
        Rows candidates = Candidates.of(gallery).features();
        return new LabelledFeatures(expand(Rows.of(query.features()), candidates, metric), query.labels());
    }

    /**
     * Expands the queries from a gallery.
     *
     * @throws EvaluationException if the dims differ, or the gallery has fewer images than {@code neighbours}
     */
    public FeatureMatrix expand(FeatureMatrix query, FeatureMatrix gallery, DistanceMetric metric) {
        return expand(Rows.of(query), Rows.of(gallery), metric);
    }

    private FeatureMatrix expand(Rows query, Rows gallery, DistanceMetric metric) {
        check(
                neighbours <= gallery.size(),
                "neighbours is %d, but the gallery has only %d images (junk left out)",
                neighbours,
                gallery.size());
        Rows queries = query.comparedBy(metric);
        Rows entries = gallery.comparedBy(metric);
        BoundedDistances distances =
                BoundedUnitDistances.between(queries, entries, metric, BlockShape.DEFAULT_BYTES, Products.fastest());
        NearCandidates[] nearest = new NearCandidates[queries.size()];
        Arrays.setAll(nearest, q -> new NearCandidates(neighbours, distances.tolerance(q)));
        distances.scan((q, from, width, near) -> {
            for (int j = 0; j < width; j++) {
                if (near[j] <= nearest[q].limit()) {
                    nearest[q].offer(near[j], from + j);
                }
            }
        });
        float[] expanded = new float[Math.multiplyExact(queries.size(), queries.dims())];
        IntStream.range(0, nearest.length)
                .parallel()
                .forEach(q -> expand(
                        queries,
                        q,
                        entries,
                        nearest[q].settle(j -> distances.exact(q, j)).entries(),
                        expanded));
        return FeatureMatrix.of(expanded, queries.size(), queries.dims());
    }

    private void expand(Rows queries, int q, Rows gallery, int[] nearest, float[] into) {
        int dims = queries.dims();
        double[] sum = new double[dims];
        for (int d = 0; d < dims; d++) {
            sum[d] = queries.array(q)[queries.offset(q) + d];
        }
        double weights = 1;
        for (int j : nearest) {
            double weight = Math.pow(Math.max(0, cosine(queries, q, gallery, j)), alpha);
            weights += weight;
            for (int d = 0; d < dims; d++) {
                sum[d] += weight * gallery.array(j)[gallery.offset(j) + d];
            }
        }
        for (int d = 0; d < dims; d++) {
            into[q * dims + d] = (float) (sum[d] / weights);
        }
    }

    /** Returns the cosine of two rows; 0 if either is all zeros. */
    private static double cosine(Rows a, int i, Rows b, int j) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int d = 0; d < a.dims(); d++) {
            double x = a.array(i)[a.offset(i) + d];
            double y = b.array(j)[b.offset(j) + d];
            product += x * y;
            squareA += x * x;
            squareB += y * y;
        }
        return product == 0 ? 0 : product / Math.sqrt(squareA * squareB);
    }
}
