/** The {@code mgn} command: the thinnest user of the library. */
@NullMarked
package io.github.mgn4j.cli;

import org.jspecify.annotations.NullMarked;
