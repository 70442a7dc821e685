package io.github.mgn4j.samediff.internal.plan;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph for fixed shapes as a list of operations over arrays that are allocated once. Trainable variables of
 * the graph are read where they are, so that updates in place are seen by the next run. Not thread-safe; owns native
 * memory until it is closed.
 */
public final class GraphPlan implements AutoCloseable {
    private final List<Bound> bound = new ArrayList<>();
    private final Map<String, INDArray> inputs = new LinkedHashMap<>();
    private final Map<String, INDArray> outputs = new LinkedHashMap<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private long bytes;

    private GraphPlan() {}

    /** A step with its context, ready to be executed any number of times. */
    private record Bound(Step step, OpContext context) {}

    /**
     * Plans what the outputs need. Nothing is computed but what depends on shapes and constants alone.
     *
     * @param graph without control flow and random numbers; a gradient graph is {@code sd.getFunction("grad")}
     * @param shapes shape of every placeholder that the outputs depend on
     * @param outputs names of variables
     * @throws PlanException if an output is unknown, a placeholder has no shape, an operation cannot be planned, or its
     *     arrays would not fit into the native memory that JavaCPP allows
     */
    public static GraphPlan of(SameDiff graph, Map<String, long[]> shapes, Collection<String> outputs) {
        GraphPlan plan = new GraphPlan();
        try {
            plan.compile(graph, shapes, outputs);
            return plan;
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
    }

    private void compile(SameDiff graph, Map<String, long[]> shapes, Collection<String> names) {
        GraphOrder order = GraphOrder.of(graph, names);
        for (Value value : order.values()) {
            if (value.kind == Value.Kind.PLACEHOLDER) {
                allocateInput(value, graph.getVariable(value.name).dataType(), shapes.get(value.name));
            }
        }
        List<Value> wanted = names.stream().map(order::value).toList();
        markUses(order.steps(), wanted);
        List<Step> steps = new ShapePass(order.steps()).run();
        for (Value value : order.values()) {
            INDArray array = value.array;
            if (value.kind == Value.Kind.CONSTANT
                    && array != null
                    && !graph.getVariable(value.name).isConstant()) {
                owned.add(array);
            }
        }
        Rewriter rewriter = new Rewriter(wanted);
        steps = rewriter.run(steps);
        owned.addAll(rewriter.constants());
        markUses(steps, wanted);
        MemoryPass memory = new MemoryPass(steps);
        memory.run();
        allocate(steps, memory);
        bind(steps);
        for (String name : names) {
            outputs.put(name, order.value(name).requireArray());
        }
    }

    private void allocateInput(Value value, DataType type, long @Nullable [] shape) {
        if (shape == null) {
            throw new PlanException("placeholder '" + value.name + "' has no shape");
        }
        if (Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw new PlanException(
                    "placeholder '" + value.name + "' needs a fixed shape, not " + Arrays.toString(shape));
        }
        INDArray array = Nd4j.zeros(type, shape);
        value.hold(array);
        owned.add(array);
        inputs.put(value.name, array);
        bytes += array.length() * type.width();
    }

    /** Says of every value which step reads it last; afresh, because rewritten steps have other places. */
    private static void markUses(List<Step> steps, List<Value> wanted) {
        steps.forEach(step -> step.outputs().forEach(output -> output.lastUse = -1));
        for (int i = 0; i < steps.size(); i++) {
            for (Value input : steps.get(i).inputs()) {
                input.lastUse = i;
            }
        }
        wanted.forEach(value -> value.lastUse = steps.size());
    }

    private void allocate(List<Step> steps, MemoryPass memory) {
        long wanted = memory.slots().stream()
                .mapToLong(slot -> slot.length * slot.type.width())
                .sum();
        checkMemory(wanted);
        Map<MemoryPass.Slot, DataBuffer> buffers = new HashMap<>();
        for (MemoryPass.Slot slot : memory.slots()) {
            DataBuffer buffer = Nd4j.createBuffer(slot.type, Math.max(1, slot.length), false);
            buffers.put(slot, buffer);
            owned.add(buffer);
            bytes += slot.length * slot.type.width();
        }
        for (Step step : steps) {
            for (Value value : step.outputs()) {
                DataBuffer buffer = value.root.isComputed()
                        ? buffers.get(memory.slotOfRoot().get(value.root))
                        : value.root.requireArray().data();
                value.array = Nd4j.create(buffer, value.shape, Nd4j.getStrides(value.shape, 'c'), 0, 'c', value.type);
            }
        }
    }

    /** JavaCPP, below ND4J, fails at some later small allocation once the process is larger than this. */
    private static void checkMemory(long wanted) {
        long limit = Pointer.maxPhysicalBytes();
        long taken = Pointer.physicalBytes();
        if (limit > 0 && Nd4j.getEnvironment().isCPU() && taken + wanted > limit) {
            throw new PlanException(String.format(
                    Locale.ROOT,
                    "the plan needs %d MB of native memory; the process has %d MB, and JavaCPP allows it %d MB:"
                            + " raise -Dorg.bytedeco.javacpp.maxphysicalbytes (or -Xmx, twice which is the default),"
                            + " or plan a smaller batch",
                    wanted >> 20,
                    taken >> 20,
                    limit >> 20));
        }
    }

    private void bind(List<Step> steps) {
        for (Step step : steps) {
            if (step.outputs().get(0).root != step.outputs().get(0)) {
                continue; // a view: its values are there already
            }
            OpContext context = Operations.context(
                    step, step.inputs().stream().map(Value::requireArray).toList());
            owned.add(0, context);
            context.setOutputArrays(
                    step.outputs().stream().map(Value::requireArray).toList());
            bound.add(new Bound(step, context));
        }
    }

    /** The array of a placeholder: write a run's values into it. */
    public INDArray input(String name) {
        INDArray array = inputs.get(name);
        if (array == null) {
            throw new PlanException("the plan has no placeholder '" + name + "'; it has " + inputs.keySet());
        }
        return array;
    }

    /** The array of an output; its values are those of the last run, and are overwritten by the next. */
    public INDArray output(String name) {
        INDArray array = outputs.get(name);
        if (array == null) {
            throw new PlanException("'" + name + "' is not an output of the plan");
        }
        return array;
    }

    /** All outputs by name; see {@link #output}. */
    public Map<String, INDArray> outputs() {
        return ImmutableMap.copyOf(outputs);
    }

    /** Computes the outputs from what is in the inputs and in the graph's variables. */
    public void run() {
        for (Bound b : bound) {
            Operations.execute(b.step(), b.context());
        }
    }

    /** Native memory of the plan's arrays, the graph's own variables and constants not counted. */
    public long bytes() {
        return bytes;
    }

    /** Number of operations of a run. */
    public int size() {
        return bound.size();
    }

    /** Nanoseconds of one run by kind of operation, the slowest first: where the time goes. */
    public Map<String, Long> profile() {
        Map<String, Long> nanos = new HashMap<>();
        for (Bound b : bound) {
            long start = System.nanoTime();
            Operations.execute(b.step(), b.context());
            nanos.merge(b.step().op().opName(), System.nanoTime() - start, Long::sum);
        }
        Map<String, Long> sorted = new LinkedHashMap<>();
        nanos.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    @Override
    public void close() {
        owned.forEach(Operations::close);
        owned.clear();
        bound.clear();
    }
}
