/** The engine for NVIDIA GPUs: a network as a list of device operations, run by cuDNN and by kernels of its own. */
@NullMarked
package io.github.mgn4j.cudnn;

import org.jspecify.annotations.NullMarked;
