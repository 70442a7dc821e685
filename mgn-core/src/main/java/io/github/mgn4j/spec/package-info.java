/**
 * The description of a network apart from its weights, {@link io.github.mgn4j.spec.MgnSpec}, and what is derived from it
 * without building a graph: parameter shapes, the order of the features, operation counts.
 */
@NullMarked
package io.github.mgn4j.spec;

import org.jspecify.annotations.NullMarked;
