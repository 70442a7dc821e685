/**
 * Distances between features, the re-identification metrics (CMC, mAP, mINP) and k-reciprocal re-ranking. Arrays in,
 * records out: nothing here needs a network or ND4J.
 */
@NullMarked
package io.github.mgn4j.eval;

import org.jspecify.annotations.NullMarked;
