/** Shared code of the engines that applications do not need. It may change with any version. */
@NullMarked
package io.github.mgn4j.engine.internal;

import org.jspecify.annotations.NullMarked;
