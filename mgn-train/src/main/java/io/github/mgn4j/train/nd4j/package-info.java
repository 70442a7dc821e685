/** Training batches for those who train with DL4J. The rest of the module knows no ND4J. */
@NullMarked
package io.github.mgn4j.train.nd4j;

import org.jspecify.annotations.NullMarked;
