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
 */
public record GalleryStats(int entries, int people, int dims, DistanceMetric metric, long bytes, int removed) {}
