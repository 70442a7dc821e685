/** Matrices of image features, the NumPy files that hold them and the tables that say which image each row is of. */
@NullMarked
package io.github.mgn4j.features;

import org.jspecify.annotations.NullMarked;
