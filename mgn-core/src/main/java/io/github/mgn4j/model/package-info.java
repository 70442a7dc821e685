/**
 * Tensors by name, the files they come from (PyTorch checkpoints, safetensors, this project's model file) and the rules
 * by which a checkpoint's keys become a network's parameters.
 */
@NullMarked
package io.github.mgn4j.weights;

import org.jspecify.annotations.NullMarked;
