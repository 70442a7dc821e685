package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudnn.*;

import io.github.mgn4j.cudnn.ConvolutionGraph.Operands;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A way to compute a convolution: a plan of cuDNN's, with or without the epilogue, or a kernel of the engine. */
sealed interface ConvolutionKernel {
    /** Returns its label in the cache. */
    String label();

    /** Returns the size of its workspace in bytes. */
    long workspace();

    /** Enqueues the convolution on a lane's stream. */
    void run(Lane lane, ConvolutionShape shape, Operands operands, float residualScale);

    /**
     * The resources of a lane.
     *
     * @param handle cuDNN's handle, bound to the stream
     * @param make descriptors that live as long as the stream needs them
     */
    record Lane(CUstream_st stream, cudnnContext handle, Pointer workspace, Kernels kernels, Descriptors make) {}

    /**
     * A plan of cuDNN's.
     *
     * @param plain whether bias, residual and ReLU follow in a separate kernel
     */
    record Plan(String label, cudnnBackendDescriptor_t descriptor, long workspace, boolean plain)
            implements ConvolutionKernel {
        @Override
        public void run(Lane lane, ConvolutionShape shape, Operands operands, float residualScale) {
            cudnnBackendDescriptor_t pack = ConvolutionGraph.operands(lane.make(), operands, plain, lane.workspace());
            Cuda.checkCudnn(
                    cudnnBackendExecute(lane.handle(), descriptor, pack),
                    "cudnnBackendExecute of " + label + " for " + shape.key());
            if (plain) {
                int vectors = shape.out() * shape.output().bytes() / Program.ALIGNMENT;
                long total = (long) shape.pixels() * vectors;
                lane.kernels()
                        .launchEach(
                                lane.stream(),
                                "finish",
                                total,
                                operands.out(),
                                operands.bias(),
                                operands.residual(),
                                vectors,
                                shape.relu() ? 1 : 0,
                                total);
            }
        }
    }

    /**
     * The engine's own 1x1 convolution in 8-bit integers.
     *
     * @param columns output channels per thread block, 64 or 128
     */
    record Own(int columns) implements ConvolutionKernel {
        private static final int ROWS = 128;
        private static final int STEP = 64;
        private static final int STAGES = 3;
        private static final int THREADS = 256;

        @Override
        public String label() {
            return "own" + columns;
        }

        @Override
        public long workspace() {
            return 0;
        }

        @Override
        public void run(Lane lane, ConvolutionShape shape, Operands operands, float residualScale) {
            int shared = STAGES * (ROWS + columns) * STEP + ROWS * (columns + Program.ALIGNMENT);
            lane.kernels()
                    .launch(
                            lane.stream(),
                            "conv1x1_" + columns,
                            (shape.out() + columns - 1) / columns,
                            (shape.pixels() + ROWS - 1) / ROWS,
                            1,
                            THREADS,
                            shared,
                            operands.in(),
                            operands.weights(),
                            operands.scale(),
                            operands.bias(),
                            operands.residual(),
                            residualScale,
                            operands.out(),
                            shape.pixels(),
                            shape.in(),
                            shape.out(),
                            shape.inPitch(),
                            shape.out(),
                            shape.relu() ? 1 : 0);
        }
    }

    /** Returns the engine's own kernel of a label, or null if the label is not one of them. */
    static @Nullable Own own(String label) {
        return switch (label) {
            case "own64" -> new Own(64);
            case "own128" -> new Own(128);
            default -> null;
        };
    }
}
