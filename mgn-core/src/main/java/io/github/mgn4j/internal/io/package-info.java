/** Output files that appear whole or not at all, what a file is by its first bytes, and the look-up of services. */
@NullMarked
package io.github.mgn4j.internal.io;

import org.jspecify.annotations.NullMarked;
