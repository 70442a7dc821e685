/** The engine that runs networks as SameDiff graphs on any ND4J backend, and activation maps. */
@NullMarked
package io.github.mgn4j.samediff;

import org.jspecify.annotations.NullMarked;
