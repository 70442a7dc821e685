/** Arithmetic on features that evaluation and verdicts share. */
@NullMarked
package io.github.mgn4j.features.internal;

import org.jspecify.annotations.NullMarked;
