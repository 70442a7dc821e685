/** Export to ONNX files, and an engine on ONNX Runtime for CPUs and current GPUs. */
@NullMarked
package io.github.mgn4j.onnx;

import org.jspecify.annotations.NullMarked;
