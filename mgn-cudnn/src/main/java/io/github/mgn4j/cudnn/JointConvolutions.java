package io.github.mgn4j.cudnn;

import com.google.common.collect.ImmutableList;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.spec.ConvLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges the first convolutions of the branches, which all read the trunk's map, into one. The map is read once, and a
 * product with three times as many columns fills the device better. The branches read their shares of its output.
 */
final class JointConvolutions {
    private final List<Value> values = new ArrayList<>();
    private final Map<Value, View> renamed = new HashMap<>();

    private JointConvolutions() {}

    /** Properties that convolutions must share to be merged. */
    private record Kind(View input, int kernel, int stride, boolean relu) {}

    static Program join(Program program) {
        return new JointConvolutions().apply(program);
    }

    private Program apply(Program program) {
        Map<Kind, List<Convolution>> groups = new LinkedHashMap<>();
        for (Op op : program.ops()) {
            if (op instanceof Convolution c && c.lane() > 0 && c.residual() == null) {
                groups.computeIfAbsent(kind(c), k -> new ArrayList<>()).add(c);
            }
        }
        groups.values()
                .removeIf(group ->
                        group.stream().mapToInt(Convolution::lane).distinct().count() < 2);
        List<Op> ops = new ArrayList<>();
        for (Op op : program.ops()) {
            List<Convolution> group = op instanceof Convolution c ? groups.get(kind(c)) : null;
            if (group == null) {
                ops.add(op.on(this::view, this::renumbered));
            } else if (group.get(0) == op) {
                ops.add(joint(group));
            }
        }
        // Stable: joint convolutions belong to the trunk, and everything that a lane reads comes before it.
        List<Op> ordered = new ArrayList<>();
        ops.stream()
                .filter(op -> op.lane() == 0 && !(op instanceof Program.Head))
                .forEach(ordered::add);
        ops.stream().filter(op -> op.lane() > 0).forEach(ordered::add);
        ordered.add(program.head());
        return new Program(program.spec(), values, ordered, program.bands());
    }

    private static Kind kind(Convolution c) {
        return new Kind(c.input(), c.kernel(), c.stride(), c.relu());
    }

    private Convolution joint(List<Convolution> group) {
        ImmutableList.Builder<ConvLayer> layers = ImmutableList.builder();
        List<String> names = new ArrayList<>();
        int channels = 0;
        for (Convolution c : group) {
            layers.addAll(c.layers());
            names.addAll(c.output().layers());
            channels += c.output().channels();
        }
        Convolution first = group.get(0);
        Value like = first.output();
        Value output = add(new Value(values.size(), List.copyOf(names), channels, like.height(), like.width()));
        int offset = 0;
        for (Convolution c : group) {
            renamed.put(c.output(), new View(output, offset, c.output().channels()));
            offset += c.output().channels();
        }
        return new Convolution(
                0, layers.build(), view(first.input()), null, output, first.kernel(), first.stride(), first.padding());
    }

    private Value add(Value value) {
        values.add(value);
        return value;
    }

    private Value renumbered(Value value) {
        Value copy = add(new Value(values.size(), value.layers(), value.channels(), value.height(), value.width()));
        renamed.put(value, copy.all());
        return copy;
    }

    private View view(View view) {
        View to = renamed.get(view.value());
        if (to == null) {
            throw new IllegalStateException("nothing writes " + view);
        }
        return new View(to.value(), to.first() + view.first(), view.channels());
    }
}
