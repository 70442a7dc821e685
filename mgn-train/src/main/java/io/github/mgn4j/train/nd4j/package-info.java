/** Training batches for users of DL4J. */
@NullMarked
package io.github.mgn4j.data.nd4j;

import org.jspecify.annotations.NullMarked;
