package io.github.mgn4j.samediff.internal.plan;

import io.github.mgn4j.engine.internal.Arena;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Decides which values share memory. Views (reshapes) use the memory of their input. An element-wise result replaces an
 * input that no later step reads. The others are laid out in one arena for each type.
 */
final class MemoryPass {
    /** Alignment in bytes: a cache line, and the widest vector. */
    static final int ALIGNMENT = 64;

    private final List<Step> steps;
    private final Map<DataType, Arena> arenas = new EnumMap<>(DataType.class);
    private final Map<Value, Life> lives = new HashMap<>();

    /** A block of memory, and the steps from the first that writes it to the last that reads it. */
    private static final class Life {
        final Arena.Block block;
        final long bytes;
        final int first;
        int last;

        Life(Arena.Block block, long bytes, int first) {
            this.block = block;
            this.bytes = bytes;
            this.first = first;
            this.last = first;
        }
    }

    MemoryPass(List<Step> steps) {
        this.steps = steps;
    }

    /** Returns the bytes of the memory that holds the values of each type. */
    Map<DataType, Long> run() {
        // A root lives until the last use of any view of it.
        for (Step step : steps) {
            if (Operations.isReshape(step) && canAlias(step)) {
                Value view = step.outputs().get(0);
                view.root = step.inputs().get(0).root;
                view.root.lastUse = Math.max(view.root.lastUse, view.lastUse);
            }
        }
        for (int i = 0; i < steps.size(); i++) {
            Value reused = inPlace(steps.get(i), i);
            for (Value output : steps.get(i).outputs()) {
                if (output.root == output) {
                    place(output, i, reused);
                    reused = null; // only the first result takes it
                }
            }
        }
        Map<DataType, Long> bytes = new EnumMap<>(DataType.class);
        arenas.forEach((type, arena) -> bytes.put(type, arena.layOut()));
        return bytes;
    }

    private void place(Value value, int time, @Nullable Value reused) {
        Life life = reused == null ? begin(value, time) : Objects.requireNonNull(lives.get(reused));
        life.last = Math.max(life.last, value.lastUse);
        life.block.usedAt(value.lastUse);
        lives.put(value, life);
    }

    private Life begin(Value value, int time) {
        long bytes = Math.max(1, value.length()) * value.type.width();
        Arena arena = arenas.computeIfAbsent(value.type, type -> new Arena(ALIGNMENT));
        return new Life(arena.block(bytes, time), bytes, time);
    }

    /** Returns the offset of a root in the memory of its type, in bytes. */
    long offset(Value root) {
        return Objects.requireNonNull(lives.get(root)).block.offset();
    }

    /** Returns the bytes of the values, except those that live until the end, at the step where these are most. */
    long mostPassing() {
        long[] changes = new long[steps.size() + 1];
        for (Life life : new HashSet<>(lives.values())) {
            if (life.last < steps.size()) {
                changes[life.first] += life.bytes;
                changes[life.last + 1] -= life.bytes;
            }
        }
        long alive = 0;
        long most = 0;
        for (long change : changes) {
            alive += change;
            most = Math.max(most, alive);
        }
        return most;
    }

    private static boolean canAlias(Step step) {
        Value input = step.inputs().get(0);
        Value output = step.outputs().get(0);
        INDArray array = input.root.array;
        boolean inOrder = array == null || (array.ordering() == 'c' && !array.isView());
        return inOrder && input.type == output.type && input.length() == output.length();
    }

    /** Returns the root whose memory the step's first output may overwrite, or null. */
    private static @Nullable Value inPlace(Step step, int index) {
        Value output = step.outputs().get(0);
        for (Value input : Operations.overwritable(step)) {
            Value root = input.root;
            if (root.isComputed()
                    && root.lastUse == index
                    && root.length() == output.length()
                    && input.length() == output.length()
                    && input.type == output.type) {
                return root;
            }
        }
        return null;
    }
}
