/** Output files that appear complete or not at all, file kinds by first bytes, and service look-up. */
@NullMarked
package io.github.mgn4j.internal.io;

import org.jspecify.annotations.NullMarked;
