package io.github.mgn4j.engine.internal;

import java.util.List;

/**
 * A native library's operations of a training step, in float32. Maps are {@code [batch, height, width, channels]}, weights
 * {@code [kernelHeight, kernelWidth, in, out]}, both without gaps. Operands are addresses of native memory that the caller owns
 * and keeps until this is closed. Not thread-safe.
 */
public interface TrainingKernels extends AutoCloseable {
    /** An operation bound to its operands. It belongs to the kernels that made it. */
    interface Kernel {}

    /**
     * A convolution without bias.
     *
     * @param height rows of the map
     * @param width columns of the map
     * @param in channels of the map
     * @param out channels of the result
     */
    record Convolution(
            long batch,
            long height,
            long width,
            long in,
            long out,
            long kernelHeight,
            long kernelWidth,
            long strideHeight,
            long strideWidth,
            long paddingHeight,
            long paddingWidth) {
        /** Returns whether every pixel of the result is computed from one of the map. */
        public boolean isPointwise() {
            return kernelHeight * kernelWidth == 1 && paddingHeight + paddingWidth == 0;
        }

        /** Returns the rows of the result. */
        public long outputHeight() {
            return (height + 2 * paddingHeight - kernelHeight) / strideHeight + 1;
        }

        /** Returns the columns of the result. */
        public long outputWidth() {
            return (width + 2 * paddingWidth - kernelWidth) / strideWidth + 1;
        }
    }

    /**
     * A batch norm with the statistics of its batch.
     *
     * @param pixels rows times columns of a map
     * @param relu whether a ReLU follows
     */
    record BatchNorm(long batch, long pixels, long channels, float epsilon, boolean relu) {}

    /**
     * What a batch norm and its gradient have in common.
     *
     * @param scale {@code [channels]}
     * @param shift {@code [channels]}
     * @param mean {@code [channels]}, written by the batch norm
     * @param variance {@code [channels]}, the biased one, written by the batch norm
     * @param mask where the ReLU cut, written by the batch norm; 0 without ReLU
     */
    record BatchNormOperands(long x, long scale, long shift, long mean, long variance, long mask) {}

    /**
     * The gradient that a batch norm's gradient starts from, and those that it writes.
     *
     * @param dx may be {@code dy}
     */
    record BatchNormGradients(long dy, long dx, long dScale, long dShift) {}

    /** y = the convolution of x. */
    Kernel convolution(Convolution shape, long x, long weight, long y);

    /** dx = the gradient with respect to the map of a convolution. */
    Kernel mapGradient(Convolution shape, long dy, long weight, long dx);

    /** dWeight = the gradient with respect to the weights of a convolution. */
    Kernel weightGradient(Convolution shape, long x, long dy, long dWeight);

    /** Returns the size of a batch norm's mask in bytes. */
    long maskBytes(BatchNorm norm);

    /** y = the batch norm of x. */
    Kernel batchNorm(BatchNorm norm, BatchNormOperands operands, long y);

    /** The gradients of a batch norm. */
    Kernel batchNormGradient(BatchNorm norm, BatchNormOperands operands, BatchNormGradients gradients);

    /** y = a + b by elements, or the ReLU of it; y may be a or b. */
    Kernel sum(long length, long a, long b, long y, boolean relu);

    /** dx = dy where the result y of a ReLU is above 0, else 0; dx may be y or dy. */
    Kernel reluGradient(long length, long y, long dy, long dx);

    /** Runs kernels one after the other and waits for their end. */
    void run(List<Kernel> kernels);

    @Override
    void close();
}
