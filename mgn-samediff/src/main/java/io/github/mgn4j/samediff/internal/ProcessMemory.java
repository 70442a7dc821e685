package io.github.mgn4j.samediff.internal;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;

/** The memory of this process in bytes, native memory and heap together. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /** Returns the resident memory of the process. */
    public static long resident() {
        return Pointer.physicalBytes();
    }

    /** Returns what JavaCPP allows the process, or the machine's memory if that is less; 0 if both are unknown. */
    public static long limit() {
        long allowed = Pointer.maxPhysicalBytes();
        long machine = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
        return allowed > 0 && machine > 0 ? Math.min(allowed, machine) : Math.max(allowed, machine);
    }
}
