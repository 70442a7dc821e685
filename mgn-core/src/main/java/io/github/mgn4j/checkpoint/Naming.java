package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The naming of one kind of checkpoint: how it is recognised, and the network that its tensors describe. */
interface Naming {
    /** Returns whether the tensors' names are of this kind. */
    boolean matches(CheckpointTensors tensors);

    /**
     * Returns the network with the importer's classes still to be set, its image size the usual one of this kind.
     *
     * @throws io.github.mgn4j.model.WeightsException if a tensor that determines a size is missing or has an impossible shape
     */
    MgnSpecBuilder network(CheckpointTensors tensors);

    /** Returns the number of identities of the classifiers; empty if there are none. */
    OptionalInt classes(CheckpointTensors tensors);

    /** Maps the prefixes of this project's parameter names to those of the file. */
    Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors);

    /** Returns the preprocessing of this kind's published evaluation. */
    default Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet();
    }

    /** Returns the prefixes of tensors that features do not need. */
    default List<String> leftOut() {
        return List.of();
    }

    /** Returns why a checkpoint of this kind is another network; empty if it is not. */
    default Optional<String> obstacle(CheckpointTensors tensors) {
        return Optional.empty();
    }

    /** Returns whether features need no classifiers and the file may lack them; otherwise the user names their number. */
    default boolean startsUnclassified() {
        return false;
    }
}
