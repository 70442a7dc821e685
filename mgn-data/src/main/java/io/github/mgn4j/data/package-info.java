/**
 * Data sets and their path to training batches: formats on disk ({@link io.github.mgn4j.data.DatasetFormat}),
 * identity-balanced sampling, augmentation and the prefetching loader.
 */
@NullMarked
package io.github.mgn4j.data;

import org.jspecify.annotations.NullMarked;
