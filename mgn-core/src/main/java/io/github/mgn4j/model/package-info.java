/**
 * Trained networks in memory: tensors by name, activation ranges, and the initial values of a network to train.
 */
@NullMarked
package io.github.mgn4j.model;

import org.jspecify.annotations.NullMarked;
