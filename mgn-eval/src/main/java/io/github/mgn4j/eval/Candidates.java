package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.stream.IntStream;

/**
 * A gallery without its junk, which is nobody's neighbour and in no ranking.
 *
 * @param columns the gallery row of each
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
