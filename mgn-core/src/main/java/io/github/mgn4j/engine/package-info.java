/** Engines, which run a feature network on batches of prepared images. */
@NullMarked
package io.github.mgn4j.engine;

import org.jspecify.annotations.NullMarked;
