package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.cudnn.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.model.Model;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;

/**
 * The state that all batch sizes of an engine share: the device's streams and handles, kernels, weights, choices. For
 * one thread at a time.
 */
final class GpuContext implements AutoCloseable {
    private final Device device;
    private final Program program;
    private final NumberFormats formats;
    private final boolean tune;
    private final Resources owner = new Resources();
    private final List<CUstream_st> streams = new ArrayList<>();
    private final List<cudnnContext> handles = new ArrayList<>();
    private final List<cudnnContext> compilers = new ArrayList<>();
    private final Kernels kernels;
    private final DeviceWeights weights;
    private final Choices choices;

    GpuContext(Device device, Model model, NumberFormats formats, boolean tune) {
        this.device = device;
        this.formats = formats;
        this.tune = tune;
        boolean matrices = Kernels.usesMatrices(device, formats);
        program = Lowering.lower(model.spec(), matrices);
        try {
            use();
            for (int lane = 0; lane < program.lanes(); lane++) {
                CUstream_st stream = Cuda.stream(owner);
                cudnnContext handle = Cuda.handle(owner);
                Cuda.checkCudnn(cudnnSetStream(handle, stream), "cudnnSetStream");
                streams.add(stream);
                handles.add(handle);
            }
            DiskCache cache = DiskCache.standard();
            kernels = new Kernels(device, formats, cache, owner);
            choices = new Choices(cache, device.fileName(), cudnnGetVersion());
            weights = new DeviceWeights(model, program, formats, matrices ? Format.F16 : Format.F32, owner);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /** Makes the device current for the calling thread. */
    void use() {
        Cuda.check(cudaSetDevice(device.index()), "cudaSetDevice");
    }

    Device device() {
        return device;
    }

    Program program() {
        return program;
    }

    NumberFormats formats() {
        return formats;
    }

    Kernels kernels() {
        return kernels;
    }

    DeviceWeights weights() {
        return weights;
    }

    Choices choices() {
        return choices;
    }

    /** Returns whether kernels without a measured choice are measured. */
    boolean tune() {
        return tune;
    }

    CUstream_st stream(int lane) {
        return streams.get(lane);
    }

    cudnnContext handle(int lane) {
        return handles.get(lane);
    }

    /** Returns handles for threads that compile plans; cuDNN allows each to one thread at a time. */
    List<cudnnContext> compilerHandles(int count) {
        while (compilers.size() < count) {
            compilers.add(Cuda.handle(owner));
        }
        return compilers.subList(0, count);
    }

    /** Waits until the device has finished all enqueued work. */
    void await() {
        Cuda.check(cudaStreamSynchronize(streams.get(0)), "cudaStreamSynchronize");
    }

    /**
     * Prepares for freeing memory: makes the device current for the calling thread and waits for its work. Errors are
     * ignored, because a device in error must be left, too.
     */
    void settle() {
        cudaSetDevice(device.index());
        cudaStreamSynchronize(streams.get(0));
        cudaGetLastError();
    }

    @Override
    public void close() {
        owner.close();
    }
}
