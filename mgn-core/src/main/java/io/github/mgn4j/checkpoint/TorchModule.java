package io.github.mgn4j.checkpoint;

import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.Sequence;
import io.github.mgn4j.model.WeightsException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the state dict of a pickled {@code torch.nn.Module} from its attributes, in the order of its {@code state_dict()}:
 * parameters, persistent buffers, then the submodules.
 */
final class TorchModule {
    private static final String PARAMETERS = "_parameters";
    private static final String BUFFERS = "_buffers";
    private static final String MODULES = "_modules";
    private static final String NOT_PERSISTENT = "_non_persistent_buffers_set";

    private static final int MAX_DEPTH = 100;

    /** Characters of all names. A few modules, each containing the next twice, would have billions. */
    private static final long MAX_WORK = 2_000_000;

    private static final int PER_NAME = 16;

    private final Dict state = new Dict();
    private long work;

    private TorchModule() {}

    /** Returns whether an object has the attributes of a module. */
    static boolean isModule(Inert object) {
        return object.attribute(PARAMETERS) instanceof Dict
                && object.attribute(BUFFERS) instanceof Dict
                && object.attribute(MODULES) instanceof Dict;
    }

    /**
     * Returns the parameters and buffers of a module and its submodules by name.
     *
     * @throws WeightsException if a submodule is another object, or they are nested too deep or in a circle
     */
    static Dict stateDict(Inert module) {
        TorchModule found = new TorchModule();
        found.add(module, "", 0);
        return found.state;
    }

    private void add(Inert module, String prefix, int depth) {
        WeightsException.check(depth <= MAX_DEPTH, "its modules are nested deeper than %s or in a circle", MAX_DEPTH);
        put(module.attribute(PARAMETERS), prefix, Set.of());
        put(module.attribute(BUFFERS), prefix, items(module.attribute(NOT_PERSISTENT)));
        if (module.attribute(MODULES) instanceof Dict children) {
            for (Map.Entry<@Nullable Object, @Nullable Object> child : children.entries.entrySet()) {
                String name = name(child.getKey(), prefix);
                if (child.getValue() instanceof Inert inert && isModule(inert)) {
                    add(inert, name + ".", depth + 1);
                } else {
                    WeightsException.check(child.getValue() == null, "its submodule '%s' is no module", name);
                }
            }
        }
    }

    private Set<@Nullable Object> items(@Nullable Object set) {
        if (!(set instanceof Sequence sequence)) {
            return Set.of();
        }
        spend(sequence.items.size());
        return new HashSet<>(sequence.items);
    }

    private void put(@Nullable Object tensors, String prefix, Set<@Nullable Object> left) {
        if (!(tensors instanceof Dict dict)) {
            return;
        }
        for (Map.Entry<@Nullable Object, @Nullable Object> tensor : dict.entries.entrySet()) {
            String name = name(tensor.getKey(), prefix);
            if (tensor.getValue() != null && !left.contains(name.substring(prefix.length()))) {
                WeightsException.check(
                        state.entries.put(name, tensor.getValue()) == null,
                        "two of its tensors have the name '%s'",
                        name);
            }
        }
    }

    private String name(@Nullable Object key, String prefix) {
        WeightsException.check(key instanceof String, "a part of its module '%s' has a name that is no text", prefix);
        String name = prefix + key;
        spend(name.length() + PER_NAME);
        return name;
    }

    private void spend(int amount) {
        work += amount;
        WeightsException.check(work <= MAX_WORK, "its modules have more than %s characters of names", MAX_WORK);
    }
}
