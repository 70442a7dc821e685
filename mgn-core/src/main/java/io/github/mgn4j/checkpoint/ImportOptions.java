package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a checkpoint does not say itself.
 *
 * @param layout whose names its tensors have; empty to find out
 * @param pooling the network's pooling; empty for the maximum, or for what the project's own file says
 * @param classes number of identities; empty for what the file says, or 751 for a backbone alone
 * @param input image size; empty for 384x128, or for what the project's own file says
 * @param seed of the weights that a backbone alone does not have
 * @param renames applied to the names of the tensors, in their order, before the layout is found out
 */
public record ImportOptions(
        Optional<ImportLayout> layout,
        Optional<Pooling> pooling,
        OptionalInt classes,
        Optional<InputSize> input,
        long seed,
        List<Rename> renames) {
    public ImportOptions {
        renames = List.copyOf(renames);
    }

    /** Everything found out or left at its default. */
    public static ImportOptions defaults() {
        return new ImportOptions(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(), 0, List.of());
    }

    public ImportOptions withLayout(ImportLayout value) {
        return new ImportOptions(Optional.of(value), pooling, classes, input, seed, renames);
    }

    public ImportOptions withPooling(Pooling value) {
        return new ImportOptions(layout, Optional.of(value), classes, input, seed, renames);
    }

    public ImportOptions withClasses(int value) {
        return new ImportOptions(layout, pooling, OptionalInt.of(value), input, seed, renames);
    }

    public ImportOptions withInput(InputSize value) {
        return new ImportOptions(layout, pooling, classes, Optional.of(value), seed, renames);
    }

    public ImportOptions withSeed(long value) {
        return new ImportOptions(layout, pooling, classes, input, value, renames);
    }

    /** Adds a renaming behind those there are. */
    public ImportOptions withRename(Rename value) {
        List<Rename> all = new ArrayList<>(renames);
        all.add(value);
        return new ImportOptions(layout, pooling, classes, input, seed, all);
    }
}
