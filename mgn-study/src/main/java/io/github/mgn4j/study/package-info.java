/**
 * Experiments: {@link io.github.mgn4j.study.Study} trains and evaluates several networks on the same batches, and writes the
 * results as one table.
 */
@NullMarked
package io.github.mgn4j.study;

import org.jspecify.annotations.NullMarked;
