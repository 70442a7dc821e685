package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;

/**
 * What a gallery holds. Immutable.
 *
 * @param entries number of entries
 * @param people number of different pids above 0: distractors and junk are no people
 * @param dims length of a feature
 * @param metric the distance metric
 * @param bytes bytes on disk; 0 in memory
 * @param removed number of removed or replaced entries that are still stored, until {@link Gallery#compact}
 * @param indexed number of entries that the approximate index covers, removed ones included; 0 without an index
 * @param recall the fraction of the ten nearest entries that the index found when it was built; 1 without an index
 */
public record GalleryStats(
        int entries, int people, int dims, DistanceMetric metric, long bytes, int removed, int indexed, double recall) {
    /** Returns whether searches use an approximate index. */
    public boolean isApproximate() {
        return indexed > 0;
    }
}
