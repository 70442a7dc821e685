/** The {@code mgn} command, a thin layer over the library. */
@NullMarked
package io.github.mgn4j.cli;

import org.jspecify.annotations.NullMarked;
