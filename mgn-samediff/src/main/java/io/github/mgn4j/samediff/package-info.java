/**
 * Networks as SameDiff graphs, for inference (batch norm folded into the convolutions) and for training (batch
 * statistics), and the engine that runs them on any ND4J backend.
 */
@NullMarked
package io.github.mgn4j.graph;

import org.jspecify.annotations.NullMarked;
