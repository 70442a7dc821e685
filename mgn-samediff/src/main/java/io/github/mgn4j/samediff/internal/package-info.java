/**
 * Networks as SameDiff graphs: for inference (batch norm folded into the convolutions) and for training (batch statistics).
 */
@NullMarked
package io.github.mgn4j.samediff.internal;

import org.jspecify.annotations.NullMarked;
