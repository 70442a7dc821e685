/** The CPU engine on oneDNN, calibration for 8-bit arithmetic, and oneDNN's matrix products for evaluation. */
@NullMarked
package io.github.mgn4j.onednn;

import org.jspecify.annotations.NullMarked;
