package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import io.github.mgn4j.engine.internal.Resources;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The transfer of a batch to the device and back: a stream for copies, and pinned memory. There are two slots, so that
 * one batch is transferred while the other is computed. Used by one call at a time.
 */
final class Slot implements AutoCloseable {
    private final int index;
    private final Resources owner = new Resources();
    private final CUstream_st copies;
    private final CUevent_st arrived;
    private final CUevent_st computed;
    private Resources buffers = new Resources();
    private ByteBuffer input = ByteBuffer.allocate(0);
    private ByteBuffer features = ByteBuffer.allocate(0);

    Slot(int index) {
        this.index = index;
        try {
            copies = Cuda.stream(owner);
            arrived = Cuda.event(owner);
            computed = Cuda.event(owner);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    int index() {
        return index;
    }

    /** Allocates pinned memory for a batch, unless there is enough already. */
    void reserve(long inputBytes, long featureBytes) {
        if (inputBytes <= input.capacity() && featureBytes <= features.capacity()) {
            return;
        }
        long newInput = Math.max(input.capacity(), inputBytes);
        long newFeatures = Math.max(features.capacity(), featureBytes);
        input = ByteBuffer.allocate(0);
        features = input;
        buffers.close();
        buffers = new Resources();
        input = pinned(newInput);
        features = pinned(newFeatures);
    }

    private ByteBuffer pinned(long bytes) {
        Pointer memory = new Pointer();
        Cuda.check(cudaHostAlloc(memory, bytes, cudaHostAllocPortable), "cudaHostAlloc of %,d bytes".formatted(bytes));
        buffers.own(memory, m -> cudaFreeHost(m));
        return new BytePointer(memory).capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Returns memory to put input into before {@link #send}, if the input is not in pinned memory already. */
    ByteBuffer staging() {
        return input.clear();
    }

    /** Starts copying input to the device. The stream {@code compute} waits for it. */
    void send(Pointer from, Pointer to, long bytes, CUstream_st compute) {
        Cuda.check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, copies), "copying images to the device");
        Cuda.follow(compute, copies, arrived);
    }

    /** Runs a graph, and then starts copying the features back. */
    void compute(CUgraphExec_st graph, CUstream_st compute, Pointer from, long bytes) {
        Cuda.check(cudaGraphLaunch(graph, compute), "cudaGraphLaunch");
        Cuda.follow(copies, compute, computed);
        Cuda.check(
                cudaMemcpyAsync(new BytePointer(features.clear()), from, bytes, cudaMemcpyDeviceToHost, copies),
                "copying features from the device");
    }

    /** Waits for the features, and returns them. */
    ByteBuffer await() {
        Cuda.check(cudaStreamSynchronize(copies), "computing features");
        return features.clear();
    }

    @Override
    public void close() {
        cudaStreamSynchronize(copies); // a failed call may have left copies from or to the buffers
        cudaGetLastError();
        buffers.close();
        owner.close();
    }
}
