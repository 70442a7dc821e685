package io.github.mgn4j.samediff.internal.plan;

import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernels.Kernel;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** An operation of a plan that {@link TrainingKernels} compute instead of ND4J. */
final class KernelCall extends DynamicCustomOp {
    /** The addresses of a step's operands. */
    record Operands(List<Value> inputs, List<Value> outputs) {
        long in(int index) {
            return inputs.get(index).address();
        }

        long out(int index) {
            return outputs.get(index).address();
        }
    }

    private final String name;
    private final BiFunction<TrainingKernels, Operands, Kernel> maker;
    private final List<Integer> overwritable;

    /**
     * Creates an operation.
     *
     * @param overwritable indices of the inputs whose memory the first result may take
     */
    KernelCall(String name, List<Integer> overwritable, BiFunction<TrainingKernels, Operands, Kernel> maker) {
        this.name = name;
        this.maker = maker;
        this.overwritable = List.copyOf(overwritable);
    }

    Kernel bind(TrainingKernels kernels, Step step) {
        return maker.apply(kernels, new Operands(step.inputs(), step.outputs()));
    }

    List<Integer> overwritable() {
        return overwritable;
    }

    @Override
    public String opName() {
        return name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
