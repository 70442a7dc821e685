package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Decides which values share memory. Views (reshapes) use the memory of their input. An element-wise result replaces an
 * input that no later step reads. Other values get the smallest free slot that fits, or the largest one enlarged, or a new
 * one.
 */
final class MemoryPass {
    private final List<Step> steps;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<Value, Slot> slotOfRoot = new HashMap<>();
    /** Free slots by type and length. */
    private final Map<DataType, TreeMap<Long, List<Slot>>> free = new EnumMap<>(DataType.class);

    /** Memory for values of one type with disjoint lifetimes. */
    static final class Slot {
        final DataType type;
        long length;

        Slot(DataType type, long length) {
            this.type = type;
            this.length = length;
        }
    }

    MemoryPass(List<Step> steps) {
        this.steps = steps;
    }

    /** Returns the slot of each root value. */
    Map<Value, Slot> slotOfRoot() {
        return slotOfRoot;
    }

    List<Slot> slots() {
        return slots;
    }

    void run() {
        // A root lives until the last use of any view of it.
        for (Step step : steps) {
            if (Operations.isReshape(step) && canAlias(step)) {
                Value view = step.outputs().get(0);
                view.root = step.inputs().get(0).root;
                view.root.lastUse = Math.max(view.root.lastUse, view.lastUse);
            }
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Value reused = inPlace(step, i);
            for (int o = 0; o < step.outputs().size(); o++) {
                Value output = step.outputs().get(o);
                if (output.root != output) {
                    continue;
                }
                if (o == 0 && reused != null) {
                    slotOfRoot.put(output, Objects.requireNonNull(slotOfRoot.get(reused)));
                } else {
                    slotOfRoot.put(output, take(output.type, output.length()));
                }
            }
            release(step, i, reused);
        }
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
        if (!Operations.isElementWise(step) || step.outputs().size() != 1) {
            return null;
        }
        Value output = step.outputs().get(0);
        for (Value input : step.inputs()) {
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

    private Slot take(DataType type, long length) {
        TreeMap<Long, List<Slot>> sizes = free.computeIfAbsent(type, t -> new TreeMap<>());
        Map.Entry<Long, List<Slot>> fit = sizes.ceilingEntry(length);
        if (fit == null) {
            fit = sizes.lastEntry();
        }
        if (fit == null) {
            Slot slot = new Slot(type, length);
            slots.add(slot);
            return slot;
        }
        Slot slot = fit.getValue().remove(fit.getValue().size() - 1);
        if (fit.getValue().isEmpty()) {
            sizes.remove(fit.getKey());
        }
        slot.length = Math.max(length, slot.length);
        return slot;
    }

    private void release(Step step, int index, @Nullable Value reused) {
        List<Value> done = new ArrayList<>();
        for (Value value : step.inputs()) {
            Value root = value.root;
            if (root.isComputed() && root.lastUse == index && root != reused && !done.contains(root)) {
                done.add(root);
            }
        }
        for (Value value : step.outputs()) {
            if (value.root == value && value.lastUse < index) {
                done.add(value);
            }
        }
        for (Value root : done) {
            Slot slot = Objects.requireNonNull(slotOfRoot.get(root));
            free.computeIfAbsent(slot.type, t -> new TreeMap<>())
                    .computeIfAbsent(slot.length, length -> new ArrayList<>())
                    .add(slot);
        }
    }
}
