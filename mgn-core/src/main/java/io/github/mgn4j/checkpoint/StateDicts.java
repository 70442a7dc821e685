package io.github.mgn4j.checkpoint;

import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.model.WeightsException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the state dict in the object of a checkpoint. */
final class StateDicts {
    /** The keys of the state dict in the checkpoints of training programs, beside such entries as {@code epoch}. */
    private static final List<String> WRAPPERS = List.of(
            "state_dict", "model", "model_state_dict", "model_state", "net", "net_state_dict", "network", "module");

    private static final int MAX_DEPTH = 4;

    private StateDicts() {}

    /**
     * Returns the state dict: the object itself, one under a usual key, or that of a pickled module.
     *
     * @throws WeightsException if there is none; the message names what is there
     */
    static Dict find(@Nullable Object root) {
        Dict found = search(root, 0, new HashSet<>());
        if (found != null) {
            return found;
        }
        if (root instanceof Dict dict) {
            for (String wrapper : WRAPPERS) {
                if (dict.entries.get(wrapper) instanceof Dict wrapped) {
                    return wrapped; // its first entry that is no tensor will be named
                }
            }
            for (String wrapper : WRAPPERS) {
                Global constructor = constructor(dict.entries.get(wrapper));
                WeightsException.check(
                        constructor == null,
                        "no state dict: under '%s' is a Python object '%s' without parameters: save its state dict,"
                                + " torch.save(checkpoint['%s'].state_dict(), file)",
                        wrapper,
                        String.valueOf(constructor),
                        wrapper);
            }
            List<String> keys = dict.entries.keySet().stream()
                    .limit(8)
                    .map(StateDicts::text)
                    .toList();
            throw new WeightsException(
                    "no state dict: expected tensors by name, or such a dictionary under %s; found keys %s"
                            .formatted(WRAPPERS, keys));
        }
        Global constructor = constructor(root);
        WeightsException.check(
                constructor == null,
                "the checkpoint is a Python object '%s' without parameters; tensors, plain containers and modules are read:"
                        + " save a state dict, torch.save(model.state_dict(), file)",
                String.valueOf(constructor));
        throw new WeightsException("no state dict: expected tensors by name, found "
                + (root instanceof TensorView ? "a single tensor" : "another object"));
    }

    /** Searches each dictionary once: they can be nested in a circle. */
    private static @Nullable Dict search(@Nullable Object value, int depth, Set<Dict> seen) {
        if (value instanceof Inert object && TorchModule.isModule(object)) {
            return TorchModule.stateDict(object);
        }
        if (!(value instanceof Dict dict) || depth > MAX_DEPTH || !seen.add(dict)) {
            return null;
        }
        for (String wrapper : WRAPPERS) {
            Dict wrapped = search(dict.entries.get(wrapper), depth + 1, seen);
            if (wrapped != null) {
                return wrapped;
            }
        }
        return dict.entries.values().stream().anyMatch(TensorView.class::isInstance) ? dict : null;
    }

    /** Returns the constructor of an unread Python object, or a global itself; null for objects that are read. */
    static @Nullable Global constructor(@Nullable Object value) {
        return value instanceof Inert object ? object.constructor : value instanceof Global global ? global : null;
    }

    /** Returns a key's text for error messages. */
    static String text(@Nullable Object key) {
        return key == null || key instanceof String || key instanceof Number || key instanceof Boolean
                ? String.valueOf(key)
                : "(an object)";
    }
}
