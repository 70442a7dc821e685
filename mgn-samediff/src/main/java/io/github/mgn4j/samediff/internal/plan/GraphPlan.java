package io.github.mgn4j.samediff.internal.plan;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernels.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph for fixed shapes as a list of operations over preallocated arrays. The graph's trainable variables are
 * used without copying, so that the next run sees updates in place. Not thread-safe. Owns native memory until it is closed.
 */
public final class GraphPlan implements AutoCloseable {
    private final List<Bound> bound = new ArrayList<>();
    private final Map<String, INDArray> inputs = new LinkedHashMap<>();
    private final Map<String, INDArray> outputs = new LinkedHashMap<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final @Nullable TrainingKernels kernels;
    private long bytes;
    private long passingBytes;

    private GraphPlan(@Nullable TrainingKernels kernels) {
        this.kernels = kernels;
        if (kernels != null) {
            owned.add(kernels);
        }
    }

    /** A step that can be executed any number of times, and the kernel that computes it if one does. */
    private record Bound(Step step, Runnable call, @Nullable Kernel kernel) {}

    /**
     * Plans the operations that the outputs need. Only values that depend on nothing but shapes and constants are computed.
     *
     * @param graph a graph without control flow and random numbers; a gradient graph is {@code sd.getFunction("grad")}
     * @param shapes shape of every placeholder that the outputs depend on
     * @param outputs names of variables
     * @throws PlanException if an output is unknown, a placeholder has no shape, an operation cannot be planned, or its
     *     arrays would not fit into the native memory that JavaCPP allows
     */
    public static GraphPlan of(SameDiff graph, Map<String, long[]> shapes, Collection<String> outputs) {
        return of(graph, shapes, outputs, null);
    }

    /**
     * Plans a graph, whose operations kernels compute where they can.
     *
     * @param kernels for this plan alone, which closes them, or null
     */
    public static GraphPlan of(
            SameDiff graph, Map<String, long[]> shapes, Collection<String> outputs, @Nullable TrainingKernels kernels) {
        GraphPlan plan = new GraphPlan(kernels);
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
        List<Value> results = names.stream().map(order::value).toList();
        markUses(order.steps(), results);
        List<Step> steps = new ShapePass(order.steps()).run();
        for (Value value : order.values()) {
            INDArray array = value.array;
            if (value.kind == Value.Kind.CONSTANT
                    && array != null
                    && !graph.getVariable(value.name).isConstant()) {
                owned.add(array);
            }
        }
        Rewriter rewriter = new Rewriter(results, kernels);
        steps = rewriter.run(steps);
        owned.addAll(rewriter.constants());
        markUses(steps, results);
        allocate(steps);
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

    /** Determines the last step that reads each value; repeated after rewriting, which moves steps. */
    private static void markUses(List<Step> steps, List<Value> results) {
        steps.forEach(step -> step.outputs().forEach(output -> output.lastUse = -1));
        for (int i = 0; i < steps.size(); i++) {
            for (Value input : steps.get(i).inputs()) {
                input.lastUse = i;
            }
        }
        results.forEach(value -> value.lastUse = steps.size());
    }

    private void allocate(List<Step> steps) {
        MemoryPass pass = new MemoryPass(steps);
        Map<DataType, Long> sizes = pass.run();
        long needed = sizes.values().stream().mapToLong(Long::longValue).sum();
        checkMemory(needed);
        PlanMemory memory = new PlanMemory(sizes);
        owned.add(memory);
        bytes += needed;
        passingBytes = pass.mostPassing();
        for (Step step : steps) {
            for (Value value : step.outputs()) {
                value.array = value.root.isComputed()
                        ? memory.at(pass.offset(value.root), value)
                        : value.over(value.root.requireArray().data(), 0);
            }
        }
    }

    /** Checks JavaCPP's limit of native memory. JavaCPP, below ND4J, fails at some later small allocation once the process is larger than this. */
    private static void checkMemory(long needed) {
        long limit = Pointer.maxPhysicalBytes();
        long taken = Pointer.physicalBytes();
        if (limit > 0 && Nd4j.getEnvironment().isCPU() && taken + needed > limit) {
            throw new PlanException(String.format(
                    Locale.ROOT,
                    "the plan needs %d MB of native memory; the process has %d MB, and JavaCPP allows it %d MB:"
                            + " raise -Dorg.bytedeco.javacpp.maxphysicalbytes (or -Xmx, twice which is the default),"
                            + " or plan a smaller batch",
                    needed >> 20,
                    taken >> 20,
                    limit >> 20));
        }
    }

    private void bind(List<Step> steps) {
        for (Step step : steps) {
            if (step.outputs().get(0).root != step.outputs().get(0)) {
                continue; // a view has its values already
            }
            if (step.op() instanceof KernelCall call) {
                TrainingKernels all = Objects.requireNonNull(kernels);
                Kernel kernel = call.bind(all, step);
                bound.add(new Bound(step, () -> all.run(List.of(kernel)), kernel));
                continue;
            }
            OpContext context = Operations.context(
                    step, step.inputs().stream().map(Value::requireArray).toList());
            owned.add(0, context);
            context.setOutputArrays(
                    step.outputs().stream().map(Value::requireArray).toList());
            bound.add(new Bound(step, () -> Operations.execute(step, context), null));
        }
    }

    /** Returns the array of a placeholder, which takes a run's values. */
    public INDArray input(String name) {
        INDArray array = inputs.get(name);
        if (array == null) {
            throw new PlanException("the plan has no placeholder '" + name + "'; it has " + inputs.keySet());
        }
        return array;
    }

    /** Returns the array of an output. It holds the values of the last run; the next run overwrites them. */
    public INDArray output(String name) {
        INDArray array = outputs.get(name);
        if (array == null) {
            throw new PlanException("'" + name + "' is not an output of the plan");
        }
        return array;
    }

    /** Returns all outputs by name; see {@link #output}. */
    public Map<String, INDArray> outputs() {
        return ImmutableMap.copyOf(outputs);
    }

    /** Computes the outputs from the values of the inputs and the graph's variables. */
    public void run() {
        List<Kernel> together = new ArrayList<>();
        for (Bound b : bound) {
            Kernel kernel = b.kernel();
            if (kernel != null) {
                together.add(kernel);
            } else {
                runKernels(together);
                b.call().run();
            }
        }
        runKernels(together);
    }

    /** Runs kernels that follow one another in one call, because another thread runs them. */
    private void runKernels(List<Kernel> together) {
        if (!together.isEmpty()) {
            Objects.requireNonNull(kernels).run(List.copyOf(together));
            together.clear();
        }
    }

    /**
     * Returns the native memory of the plan's arrays in bytes, excluding the graph's own variables and constants.
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Returns the most bytes of values that are needed at the same time, results excluded: what grows with the batch, if the
     * results are gradients of parameters.
     */
    public long passingBytes() {
        return passingBytes;
    }

    /** Returns the number of operations of a run. */
    public int size() {
        return bound.size();
    }

    /** Runs the plan and returns the nanoseconds of the run by kind of operation, the slowest first. */
    public Map<String, Long> profile() {
        Map<String, Long> nanos = new HashMap<>();
        for (Bound b : bound) {
            long start = System.nanoTime();
            b.call().run();
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
