package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.Model;
import java.util.List;

/**
 * A model made of a checkpoint, and what became of the checkpoint. Immutable.
 *
 * @param layout whose names the checkpoint's tensors have
 * @param leftOut the checkpoint's tensors that the network has no place for; the counters of batch norms, which nothing reads,
 *     are not listed
 * @param fresh the network's parameters that the checkpoint does not have: they are drawn anew, and have to be trained
 */
public record ImportedModel(Model model, ImportLayout layout, List<String> leftOut, List<String> fresh) {
    public ImportedModel {
        leftOut = List.copyOf(leftOut);
        fresh = List.copyOf(fresh);
    }
}
