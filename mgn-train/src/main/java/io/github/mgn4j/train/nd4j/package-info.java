/** Training batches for users of DL4J. */
@NullMarked
package io.github.mgn4j.train.nd4j;

import org.jspecify.annotations.NullMarked;
