/**
 * Distances between features, the re-identification metrics (CMC, mAP, mINP) and k-reciprocal re-ranking: of a data set and
 * an extractor ({@link io.github.mgn4j.eval.Evaluator#evaluate(io.github.mgn4j.extract.FeatureExtractor,
 * io.github.mgn4j.data.ReidDataset)}), or arrays in, records out. Nothing here needs ND4J.
 */
@NullMarked
package io.github.mgn4j.eval;

import org.jspecify.annotations.NullMarked;
