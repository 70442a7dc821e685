/** Feature extraction from images: {@link io.github.mgn4j.extract.FeatureExtractor}. */
@NullMarked
package io.github.mgn4j.extract;

import org.jspecify.annotations.NullMarked;
