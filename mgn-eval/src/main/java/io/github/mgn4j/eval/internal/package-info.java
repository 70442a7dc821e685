/** What evaluation shares with other searches of features. */
@NullMarked
package io.github.mgn4j.eval.internal;

import org.jspecify.annotations.NullMarked;
