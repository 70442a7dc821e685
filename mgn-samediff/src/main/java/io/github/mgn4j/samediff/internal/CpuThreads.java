package io.github.mgn4j.samediff.internal;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The native threads of ND4J's backend for CPUs, whose number OpenMP keeps for every calling thread. */
public final class CpuThreads {
    private CpuThreads() {}

    /** Returns how many cores this process may use; 1 on other backends, which need no division of work. */
    public static int cores() {
        return Nd4j.getEnvironment().isCPU()
                ? Math.min(Runtime.getRuntime().availableProcessors(), natives().ompGetMaxThreads())
                : 1;
    }

    /** Sets how many threads compute the operations that the calling thread executes from now on. */
    public static void use(int threads) {
        if (Nd4j.getEnvironment().isCPU()) {
            natives().setOmpNumThreads(threads);
        }
    }

    private static NativeOps natives() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }
}
