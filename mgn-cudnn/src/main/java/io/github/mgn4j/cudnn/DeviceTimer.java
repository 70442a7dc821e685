package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import io.github.mgn4j.engine.internal.Resources;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/** The device's own clock. */
final class DeviceTimer {
    private DeviceTimer() {}

    /**
     * Returns the milliseconds that the device takes for the work that {@code work} enqueues on a stream. Waits for its
     * end.
     */
    static double milliseconds(CUstream_st stream, Runnable work) {
        try (Resources temporary = new Resources()) {
            CUevent_st begin = timing(temporary);
            CUevent_st end = timing(temporary);
            Cuda.check(cudaEventRecord(begin, stream), "cudaEventRecord");
            work.run();
            Cuda.check(cudaEventRecord(end, stream), "cudaEventRecord");
            Cuda.check(cudaEventSynchronize(end), "cudaEventSynchronize");
            float[] ms = new float[1];
            Cuda.check(cudaEventElapsedTime(ms, begin, end), "cudaEventElapsedTime");
            return ms[0];
        }
    }

    private static CUevent_st timing(Resources owner) {
        CUevent_st event = new CUevent_st();
        Cuda.check(cudaEventCreate(event), "cudaEventCreate");
        return owner.own(event, e -> cudaEventDestroy(e));
    }
}
