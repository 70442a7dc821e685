/**
 * Re-identification for users of DL4J: a triplet loss for output layers, identity-balanced iterators, and DL4J networks as
 * engines.
 */
@NullMarked
package io.github.mgn4j.dl4j;

import org.jspecify.annotations.NullMarked;
