package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;

/** Features of images and who and which camera they are of; a query set or a gallery. Immutable. */
public record LabelledFeatures(FeatureMatrix features, Labels labels) {
    public LabelledFeatures {
        check(
                features.rows() == labels.size(),
                "%d rows of features, but labels of %d images",
                features.rows(),
                labels.size());
    }

    /** As the canonical constructor, from arrays: see {@link Labels#Labels(int[], int[])}. */
    public LabelledFeatures(FeatureMatrix features, int[] pids, int[] camids) {
        this(features, new Labels(pids, camids));
    }

    /** Features and the labels in the table beside them. */
    public static LabelledFeatures of(FeatureSet set) {
        return new LabelledFeatures(set.features(), Labels.of(set.table()));
    }
}
