/**
 * Training objectives: the softmax loss, the batch-hard triplet loss, and the {@link io.github.mgn4j.loss.Objective} that
 * assigns weighted losses to features.
 */
@NullMarked
package io.github.mgn4j.loss;

import org.jspecify.annotations.NullMarked;
