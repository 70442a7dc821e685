package io.github.mgn4j.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One call of a reader: it gives a result or an exception that its Javadoc names, with one line that is not empty, and takes
 * no more heap than its input justifies.
 *
 * @param fixed bytes of heap that any input may take
 * @param perByte bytes of heap more for each byte of the input
 */
record Trial(long fixed, long perByte) {
    private static final int ATTEMPTS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** In memory, where there is such a folder: a file is written for every input. */
    private static final Path FOLDER = folder();

    private static Path folder() {
        try {
            Path memory = Path.of("/dev/shm");
            Path folder = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "mgn-fuzz")
                    : Files.createTempDirectory("mgn-fuzz");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call that may fail. */
    @FunctionalInterface
    interface Call {
        void run() throws IOException;
    }

    /** Writes an input to a file, the same each time. */
    static Path file(String name, byte[] input) {
        try {
            Path file = FOLDER.resolve(name);
            file.toFile().deleteOnExit();
            return Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void run(int length, Call call) {
        long allowed = fixed + perByte * length;
        long taken = Long.MAX_VALUE;
        // Classes are loaded, and instrumented, in calls that are the first to need them: so a call may try again.
        for (int i = 0; i < ATTEMPTS && taken > allowed; i++) {
            taken = Math.min(taken, heapOf(call));
        }
        if (taken > allowed) {
            throw new AssertionError(
                    taken + " bytes of heap for an input of " + length + "; " + allowed + " are allowed");
        }
    }

    private static long heapOf(Call call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            call.run();
        } catch (IOException | IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            if (message.isBlank() || message.contains("\n") || e.getClass() == IllegalArgumentException.class) {
                throw new AssertionError("not a documented exception, or no one line: " + e, e);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
