package io.github.mgn4j.eval;

import java.util.stream.IntStream;

/**
 * A gallery without its junk, which is in no ranking and in no neighbourhood.
 *
 * @param columns the original gallery row of each entry
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Candidates(Rows features, Labels labels, int[] columns) {
    static Candidates of(LabelledFeatures gallery) {
        Labels labels = gallery.labels();
        int[] kept =
                IntStream.range(0, labels.size()).filter(j -> !labels.isJunk(j)).toArray();
        return new Candidates(
                Rows.of(gallery.features(), kept), kept.length == labels.size() ? labels : labels.select(kept), kept);
    }
}
