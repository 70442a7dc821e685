/**
 * Files of weights: this project's model files, safetensors, PyTorch checkpoints, and the rules by which a checkpoint's keys become
 * a network's parameters.
 */
@NullMarked
package io.github.mgn4j.checkpoint;

import org.jspecify.annotations.NullMarked;
