package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The multi-query protocol of Market-1501 (Zheng et al., ICCV 2015): a query is represented by several images of the
 * same person under the same camera, such as those of {@code gt_bbox}.
 */
public final class MultiQuery {
    private static final int[] NONE = {};

    private MultiQuery() {}

    /**
     * Replaces the features of each query by the mean over the images of the same person and camera. These usually
     * include the query image itself. A query without such images, or of an unknown camera, is left unchanged. Under
     * {@link DistanceMetric#COSINE}, normalise both inputs first if each image is to have the same weight.
     *
     * @throws EvaluationException if the dims differ
     */
    public static LabelledFeatures average(LabelledFeatures query, LabelledFeatures images) {
        FeatureMatrix from = images.features();
        int dims = query.features().dims();
        check(dims == from.dims(), "query features have %d dims, those of the other images %d", dims, from.dims());
        Map<Integer, int[]> imagesOf = images.labels().byPid();
        float[] means = query.features().data().clone();
        for (int q = 0; q < query.labels().size(); q++) {
            int at = q;
            int[] same = IntStream.of(imagesOf.getOrDefault(query.labels().pid(q), NONE))
                    .filter(j -> images.labels().sameView(j, query.labels(), at))
                    .toArray();
            for (int d = 0; d < dims && same.length > 0; d++) {
                double sum = 0;
                for (int j : same) {
                    sum += from.data()[j * dims + d];
                }
                means[q * dims + d] = (float) (sum / same.length);
            }
        }
        return new LabelledFeatures(FeatureMatrix.of(means, query.features().rows(), dims), query.labels());
    }
}
