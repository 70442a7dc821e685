/** Small programs, one idea each. */
@NullMarked
package io.github.mgn4j.examples;

import org.jspecify.annotations.NullMarked;
