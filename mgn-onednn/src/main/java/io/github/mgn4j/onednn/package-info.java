/** The CPU engine on oneDNN: {@code OneDnnEngine}. */
@NullMarked
package io.github.mgn4j.onednn;

import org.jspecify.annotations.NullMarked;
