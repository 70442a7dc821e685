/**
 * Weight files: this project's model files, safetensors, PyTorch checkpoints, and the rules that map a checkpoint's keys to
 * a network's parameters.
 */
@NullMarked
package io.github.mgn4j.checkpoint;

import org.jspecify.annotations.NullMarked;
