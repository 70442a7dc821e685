package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of an import: what a checkpoint does not contain itself. Immutable.
 *
 * @param layout the naming of the tensors; empty to detect it
 * @param pooling the network's pooling; empty for the maximum, or for that of the project's own file
 * @param classes number of identities; empty for that of the file, or 751 for a backbone alone
 * @param input image size; empty for 384x128, or for that of the project's own file
 * @param seed seed of the initial weights that a backbone alone lacks
 * @param renames renamings of the tensors, applied in order before the naming is detected
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

    /** Returns the options with everything detected or at its default. */
    public static ImportOptions defaults() {
        return new ImportOptions(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(), 0, List.of());
    }

    /** Returns these options with a fixed naming. */
    public ImportOptions withLayout(ImportLayout value) {
        return new ImportOptions(Optional.of(value), pooling, classes, input, seed, renames);
    }

    /** Returns these options with another pooling. */
    public ImportOptions withPooling(Pooling value) {
        return new ImportOptions(layout, Optional.of(value), classes, input, seed, renames);
    }

    /** Returns these options with another number of identities. */
    public ImportOptions withClasses(int value) {
        return new ImportOptions(layout, pooling, OptionalInt.of(value), input, seed, renames);
    }

    /** Returns these options with another image size. */
    public ImportOptions withInput(InputSize value) {
        return new ImportOptions(layout, pooling, classes, Optional.of(value), seed, renames);
    }

    /** Returns these options with another seed. */
    public ImportOptions withSeed(long value) {
        return new ImportOptions(layout, pooling, classes, input, value, renames);
    }

    /** Returns these options with one more renaming, applied after the others. */
    public ImportOptions withRename(Rename value) {
        List<Rename> all = new ArrayList<>(renames);
        all.add(value);
        return new ImportOptions(layout, pooling, classes, input, seed, all);
    }
}
