package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.Model;
import java.util.List;

/**
 * A model created from a checkpoint, with a record of the import. Immutable.
 *
 * @param model the model
 * @param layout the naming of the checkpoint's tensors
 * @param leftOut the checkpoint's tensors that the network does not use, except the unused counters of batch norms
 * @param fresh the network's parameters that the checkpoint lacks; they have initial values and must be trained
 */
public record ImportedModel(Model model, ImportLayout layout, List<String> leftOut, List<String> fresh) {
    public ImportedModel {
        leftOut = List.copyOf(leftOut);
        fresh = List.copyOf(fresh);
    }
}
