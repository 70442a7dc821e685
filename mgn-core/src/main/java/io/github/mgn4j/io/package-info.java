/** Output files that appear whole or not at all. */
@NullMarked
package io.github.mgn4j.io;

import org.jspecify.annotations.NullMarked;
