package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.SingleThread;
import io.github.mgn4j.engine.internal.Workers;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * The one thread on which a process calls oneDNN, for a batch with the help of others. OpenMP gives every calling
 * thread a team of its own with one worker per core. With a single caller there is one team, however many engines and
 * threads an application has, and the cores are not oversubscribed. The thread ends when it has been idle for a while,
 * and its team with it.
 */
final class NativeThread {
    private static final SingleThread THREAD = SingleThread.withIdleTimeout("mgn-onednn");

    private static final Workers WORKERS = new Workers("mgn-onednn-helper", OpenMp.cores(), OpenMp::use);

    private NativeThread() {}

    /**
     * Runs a task, whose primitives use all cores, after the tasks before it, and waits for its end. Unchecked
     * exceptions are passed on.
     */
    static void run(Runnable task) {
        call(Executors.callable(task, task));
    }

    /** Runs a task and returns its result; see {@link #run}. */
    static <T> T call(Callable<T> task) {
        return THREAD.call(() -> {
            OpenMp.use(OpenMp.cores());
            return task.call();
        });
    }

    /** Returns those who help this thread, to be called in its tasks. */
    static Workers workers() {
        return WORKERS;
    }
}
