/**
 * Same-person verdicts: the thresholds up to which two images count as one person, and the verdict on two features.
 */
@NullMarked
package io.github.mgn4j.verify;

import org.jspecify.annotations.NullMarked;
