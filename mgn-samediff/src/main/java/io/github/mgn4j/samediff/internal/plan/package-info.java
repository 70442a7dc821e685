/**
 * Repeated execution of a SameDiff graph without allocation: its operations in order, over arrays whose memory is planned
 * once for fixed shapes.
 */
@NullMarked
package io.github.mgn4j.samediff.internal.plan;

import org.jspecify.annotations.NullMarked;
