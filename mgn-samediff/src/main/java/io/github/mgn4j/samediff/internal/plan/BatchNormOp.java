package io.github.mgn4j.samediff.internal.plan;

import io.github.mgn4j.engine.internal.TrainingKernels;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * A batch norm with the statistics of the batch, and a ReLU if it has one, as one operation of a graph. Only plans with
 * {@link TrainingKernels} can compute it.
 */
public final class BatchNormOp extends DynamicCustomOp {
    private final float epsilon;
    private final boolean relu;

    /**
     * Adds the operation to a graph.
     *
     * @param x {@code [batch, height, width, channels]} or {@code [batch, channels]}
     * @param scale {@code [channels]}
     * @param shift {@code [channels]}
     */
    public BatchNormOp(SameDiff sd, SDVariable x, SDVariable scale, SDVariable shift, double epsilon, boolean relu) {
        super(null, sd, new SDVariable[] {x, scale, shift});
        this.epsilon = (float) epsilon;
        this.relu = relu;
    }

    /** Returns the batch norm of maps of a shape. */
    TrainingKernels.BatchNorm norm(long[] shape) {
        long channels = shape[shape.length - 1];
        long pixels = shape.length == 4 ? shape[1] * shape[2] : 1;
        return new TrainingKernels.BatchNorm(shape[0], pixels, channels, epsilon, relu);
    }

    /** Returns the results: y of the shape of x, mean and variance {@code [1, channels]}. */
    public SDVariable[] results() {
        return outputVariables();
    }

    /** The base class asks for it before this class is initialised. */
    @Override
    public String opName() {
        return "kernel_batch_norm";
    }

    @Override
    public int getNumOutputs() {
        return relu ? 4 : 3;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        List<DataType> types = new ArrayList<>(List.of(inputs.get(0), inputs.get(0), inputs.get(0)));
        if (relu) {
            types.add(DataType.INT8);
        }
        return types;
    }

    @Override
    public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
        long[] shape = context.getInputArrays().get(0).shape();
        DataType type = context.getInputArrays().get(0).dataType();
        TrainingKernels.BatchNorm norm = norm(shape);
        LongShapeDescriptor row = LongShapeDescriptor.fromShape(new long[] {1, norm.channels()}, type);
        List<LongShapeDescriptor> shapes =
                new ArrayList<>(List.of(LongShapeDescriptor.fromShape(shape, type), row, row));
        if (relu) {
            // The mask: the kernels know its size.
            shapes.add(LongShapeDescriptor.fromShape(new long[] {1}, DataType.INT8));
        }
        return shapes;
    }

    /** Returns the gradients of x, scale and shift. Those of the statistics are taken as 0: nothing else reads them. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> upstream) {
        return List.of(new Gradient(this, upstream.get(0)).outputVariables());
    }

    /** The gradient of a batch norm. */
    static final class Gradient extends DynamicCustomOp {
        private final BatchNormOp forward;

        private Gradient(BatchNormOp forward, SDVariable dy) {
            super(null, forward.sameDiff, inputs(forward, dy));
            this.forward = forward;
        }

        private static SDVariable[] inputs(BatchNormOp forward, SDVariable dy) {
            List<SDVariable> inputs = new ArrayList<>(List.of(dy, forward.arg(0), forward.arg(1), forward.arg(2)));
            inputs.addAll(List.of(forward.outputVariables()).subList(1, forward.getNumOutputs()));
            return inputs.toArray(new SDVariable[0]);
        }

        TrainingKernels.BatchNorm norm(long[] shape) {
            return forward.norm(shape);
        }

        @Override
        public String opName() {
            return "kernel_batch_norm_bp";
        }

        @Override
        public int getNumOutputs() {
            return 3;
        }

        @Override
        public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
            return List.of(inputs.get(0), inputs.get(0), inputs.get(0));
        }

        @Override
        public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
            List<LongShapeDescriptor> shapes = new ArrayList<>();
            for (int i : new int[] {1, 2, 3}) { // of x, scale and shift
                shapes.add(LongShapeDescriptor.fromShape(
                        context.getInputArrays().get(i).shape(),
                        context.getInputArrays().get(i).dataType()));
            }
            return shapes;
        }
    }
}
