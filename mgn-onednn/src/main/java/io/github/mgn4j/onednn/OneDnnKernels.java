package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.onednn.Workbench.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Operations of a training step by oneDNN, called on the one thread that calls it. */
final class OneDnnKernels implements TrainingKernels {
    private final Workbench bench;
    private final int type;

    private OneDnnKernels(Workbench bench, int type) {
        this.bench = bench;
        this.type = type;
    }

    /** Primitives that run one after the other. */
    private record Calls(List<Call> calls) implements Kernel {}

    /**
     * Opens kernels.
     *
     * @param type of the factors of convolutions, {@code dnnl_f32} or {@code dnnl_bf16}
     */
    static OneDnnKernels open(int type) {
        return NativeThread.call(() -> new OneDnnKernels(new Workbench(), type));
    }

    private static <T> T make(Function<Resources, T> maker) {
        return NativeThread.call(() -> {
            try (Resources temporary = new Resources()) {
                return maker.apply(temporary);
            }
        });
    }

    @Override
    public Kernel convolution(Convolution shape, long x, long weight, long y) {
        return make(temporary -> new Calls(new ConvolutionCalls(bench, shape, type, temporary).forward(x, weight, y)));
    }

    @Override
    public Kernel mapGradient(Convolution shape, long dy, long weight, long dx) {
        return make(temporary ->
                new Calls(new ConvolutionCalls(bench, shape, type, temporary).mapGradient(dy, weight, dx)));
    }

    @Override
    public Kernel weightGradient(Convolution shape, long x, long dy, long dWeight) {
        return make(temporary ->
                new Calls(new ConvolutionCalls(bench, shape, type, temporary).weightGradient(x, dy, dWeight)));
    }

    @Override
    public long maskBytes(BatchNorm norm) {
        return make(temporary -> new NormCalls(bench, norm, temporary).maskBytes());
    }

    @Override
    public Kernel batchNorm(BatchNorm norm, BatchNormOperands operands, long y) {
        return make(temporary -> new Calls(new NormCalls(bench, norm, temporary).forward(operands, y)));
    }

    @Override
    public Kernel batchNormGradient(BatchNorm norm, BatchNormOperands operands, BatchNormGradients gradients) {
        return make(temporary -> new Calls(new NormCalls(bench, norm, temporary).gradient(operands, gradients)));
    }

    @Override
    public Kernel sum(long length, long a, long b, long y, boolean relu) {
        return make(temporary -> new Calls(new ElementCalls(bench, length, temporary).sum(a, b, y, relu)));
    }

    @Override
    public Kernel reluGradient(long length, long y, long dy, long dx) {
        return make(temporary -> new Calls(new ElementCalls(bench, length, temporary).reluGradient(y, dy, dx)));
    }

    @Override
    public void run(List<Kernel> kernels) {
        List<Call> calls = new ArrayList<>();
        kernels.forEach(kernel -> calls.addAll(((Calls) kernel).calls));
        NativeThread.run(() -> bench.run(calls));
    }

    @Override
    public void close() {
        NativeThread.run(bench::close);
    }
}
