/**
 * What a network is, apart from its weights: {@link io.github.mgn4j.spec.MgnSpec} and what can be derived from it
 * without building a graph: parameter shapes, the feature layout, operation counts.
 */
@NullMarked
package io.github.mgn4j.spec;

import org.jspecify.annotations.NullMarked;
