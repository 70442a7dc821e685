package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.model.Tensor;
import java.util.Map;

/**
 * What a safetensors file holds. Immutable; float32 tensors are views of the mapped file, which must stay as it is
 * while they are in use (replacing it by renaming another over it, as this project writes, is fine).
 *
 * @param tensors by name, in the order of the file's header
 * @param metadata the texts of the header's {@code __metadata__}, empty where it has none
 */
public record TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
    public TensorFile {
        tensors = ImmutableMap.copyOf(tensors);
        metadata = ImmutableMap.copyOf(metadata);
    }
}
