package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.stream.IntStream;

/**
 * A gallery without its junk, which is in no ranking and in no neighbourhood.
 *
 * @param columns the original gallery row of each entry
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Candidates(FeatureMatrix features, Labels labels, int[] columns) {
    static Candidates of(LabelledFeatures gallery) {
        Labels labels = gallery.labels();
        int[] kept =
                IntStream.range(0, labels.size()).filter(j -> !labels.isJunk(j)).toArray();
        return kept.length == labels.size()
                ? new Candidates(gallery.features(), labels, kept)
                : new Candidates(gallery.features().select(kept), labels.select(kept), kept);
    }
}
