/**
 * What a network is trained on: the softmax and the batch-hard triplet loss, and the {@link
 * io.github.mgn4j.loss.Objective} that says which feature gets which with which weight.
 */
@NullMarked
package io.github.mgn4j.loss;

import org.jspecify.annotations.NullMarked;
