package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.cudnn.*;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Resources;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;

/** The C interfaces of CUDA and cuDNN with checked statuses. */
final class Cuda {
    private Cuda() {}

    /**
     * Checks a status of CUDA's runtime.
     *
     * @param what the call and its purpose, for the error message
     * @throws EngineException if it is an error
     */
    static void check(int status, String what) {
        if (status != cudaSuccess) {
            cudaGetLastError(); // clears the error, or the next call would report it again
            throw new EngineException("%s: CUDA error %d (%s)"
                    .formatted(what, status, cudaGetErrorString(status).getString()));
        }
    }

    /** Checks a status of the driver's interface. */
    static void checkDriver(int status, String what) {
        if (status != CUDA_SUCCESS) {
            throw new EngineException("%s: CUDA driver error %d".formatted(what, status));
        }
    }

    /** Checks a status of cuDNN. */
    static void checkCudnn(int status, String what) {
        if (status != CUDNN_STATUS_SUCCESS) {
            throw new EngineException("%s: cuDNN error %d (%s)"
                    .formatted(what, status, cudnnGetErrorString(status).getString()));
        }
    }

    /** Creates a stream that does not wait for the default one. */
    static CUstream_st stream(Resources owner) {
        CUstream_st stream = new CUstream_st();
        check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "cudaStreamCreate");
        return owner.own(stream, s -> cudaStreamDestroy(s));
    }

    /** Creates an event that only orders streams. */
    static CUevent_st event(Resources owner) {
        CUevent_st event = new CUevent_st();
        check(cudaEventCreateWithFlags(event, cudaEventDisableTiming), "cudaEventCreate");
        return owner.own(event, e -> cudaEventDestroy(e));
    }

    /** Makes a stream wait for the work enqueued on another one so far. */
    static void follow(CUstream_st later, CUstream_st earlier, CUevent_st event) {
        check(cudaEventRecord(event, earlier), "cudaEventRecord");
        check(cudaStreamWaitEvent(later, event, 0), "cudaStreamWaitEvent");
    }

    /**
     * Records the work that {@code work} enqueues on a stream, and on streams that follow it and that it follows again,
     * instead of doing it.
     */
    static CUgraphExec_st record(CUstream_st stream, Runnable work, Resources owner) {
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
        CUgraph_st graph = new CUgraph_st();
        try (Resources temporary = new Resources()) {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                if (cudaStreamEndCapture(stream, graph) == cudaSuccess) {
                    cudaGraphDestroy(graph);
                }
                cudaGetLastError();
                throw e;
            }
            check(cudaStreamEndCapture(stream, graph), "cudaStreamEndCapture");
            temporary.own(graph, g -> cudaGraphDestroy(g));
            CUgraphExec_st executable = new CUgraphExec_st();
            check(cudaGraphInstantiate(executable, graph), "cudaGraphInstantiate");
            return owner.own(executable, e -> cudaGraphExecDestroy(e));
        }
    }

    /** Creates a handle of cuDNN. */
    static cudnnContext handle(Resources owner) {
        cudnnContext handle = new cudnnContext();
        checkCudnn(cudnnCreate(handle), "cudnnCreate");
        return owner.own(handle, h -> cudnnDestroy(h));
    }
}
