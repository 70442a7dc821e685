/** Engines: what runs a feature network on a batch of prepared images. */
@NullMarked
package io.github.mgn4j.engine;

import org.jspecify.annotations.NullMarked;
