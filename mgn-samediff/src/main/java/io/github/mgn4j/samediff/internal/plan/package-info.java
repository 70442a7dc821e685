/**
 * Runs a SameDiff graph many times without allocating: its operations in order, over arrays whose memory was planned
 * once for fixed shapes.
 */
@NullMarked
package io.github.mgn4j.samediff.internal.plan;

import org.jspecify.annotations.NullMarked;
