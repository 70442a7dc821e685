/**
 * Matrices of image features, the NumPy files that hold them, and the tables that assign an image to each row.
 */
@NullMarked
package io.github.mgn4j.features;

import org.jspecify.annotations.NullMarked;
