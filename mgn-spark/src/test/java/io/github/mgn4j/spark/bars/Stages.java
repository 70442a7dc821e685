package io.github.mgn4j.spark.bars;

import com.google.common.base.Splitter;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Measures the stages of a program: seconds, processor time, the most heap that was in use, and the most resident memory so far. */
final class Stages {
    private static final int MEGA = 1 << 20;

    /** Runs a stage, prints its row of a table and returns its result. */
    <T> T run(String name, long rows, Callable<T> stage) throws Exception {
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        double before = processorSeconds();
        long start = System.nanoTime();
        T result = stage.call();
        double seconds = (System.nanoTime() - start) / 1e9;
        long used =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.0f | %.1f | %d | %d |%n",
                name,
                seconds,
                rows / seconds,
                1e6 * (processorSeconds() - before) / rows,
                used / MEGA,
                resident() / 1024);
        return result;
    }

    static void header() {
        System.out.printf(
                "heap limit %d MB%n| stage | s | rows/s | processor us per row | peak heap MB | peak resident MB |%n|---|---:|---:|---:|---:|---:|%n",
                Runtime.getRuntime().maxMemory() / MEGA);
    }

    /** Returns the processor time of this process so far, which other processes do not change much. */
    static double processorSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    /** Returns the most resident memory of this process so far, in KB; 0 where the system does not say. */
    static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(
                        Splitter.onPattern("\\s+").splitToList(line).get(1));
            }
        }
        return 0;
    }
}
