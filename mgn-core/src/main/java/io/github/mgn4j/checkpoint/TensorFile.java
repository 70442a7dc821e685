package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.model.Tensor;
import java.util.Map;

/**
 * The content of a safetensors file. Immutable. Tensors of type float32 are views of the mapped file, which must not be
 * modified while they are in use. Replacing the file by renaming another over it, as this project does, is safe.
 *
 * @param tensors by name, in the order of the file's header
 * @param metadata the texts of the header's {@code __metadata__}; empty if it has none
 */
public record TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
    public TensorFile {
        tensors = ImmutableMap.copyOf(tensors);
        metadata = ImmutableMap.copyOf(metadata);
    }
}
