/** What engines share and applications do not need; it may change with any version. */
@NullMarked
package io.github.mgn4j.engine.internal;

import org.jspecify.annotations.NullMarked;
