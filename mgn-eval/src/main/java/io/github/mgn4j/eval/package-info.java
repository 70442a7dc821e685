/**
 * Feature distances, the re-identification metrics (CMC, mAP, mINP) and k-reciprocal re-ranking. Evaluates a data set
 * with an extractor ({@link io.github.mgn4j.eval.Evaluator#evaluate(io.github.mgn4j.extract.FeatureExtractor,
 * io.github.mgn4j.data.ReidDataset)}), or features given as arrays. Needs no ND4J.
 */
@NullMarked
package io.github.mgn4j.eval;

import org.jspecify.annotations.NullMarked;
