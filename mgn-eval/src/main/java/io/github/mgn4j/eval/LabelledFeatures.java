package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;

/**
 * Features of images, with the person and the camera of each: a query set or a gallery. Immutable.
 *
 * @param features the features, one row per image
 * @param labels the labels, in the order of the rows
 */
public record LabelledFeatures(FeatureMatrix features, Labels labels) {
    /**
     * Checks the sizes.
     *
     * @throws EvaluationException if the numbers of rows and labels differ
     */
    public LabelledFeatures {
        check(
                features.rows() == labels.size(),
                "%d rows of features, but labels of %d images",
                features.rows(),
                labels.size());
    }

    /** Creates labelled features from arrays; see {@link Labels#Labels(int[], int[])}. */
    public LabelledFeatures(FeatureMatrix features, int[] pids, int[] camids) {
        this(features, new Labels(pids, camids));
    }

    /** Returns the features and labels of a feature set. */
    public static LabelledFeatures of(FeatureSet set) {
        return new LabelledFeatures(set.features(), Labels.of(set.table()));
    }
}
