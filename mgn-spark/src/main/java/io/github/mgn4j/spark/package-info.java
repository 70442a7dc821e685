/**
 * Re-identification on Apache Spark: features as a stage of a pipeline, tables of features for galleries, and evaluation of
 * galleries that no single machine holds.
 */
@NullMarked
package io.github.mgn4j.spark;

import org.jspecify.annotations.NullMarked;
