package io.github.mgn4j.onednn;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a process calls oneDNN. OpenMP gives every calling thread a team of its own with one worker for
 * each core; with one caller there is one team, however many engines and threads an application has, and the cores are not
 * shared by more workers than there are. The thread ends when it has been idle for a while, and its team with it.
 */
final class NativeThread {
    private static final long IDLE_SECONDS = 60;
    private static final ThreadPoolExecutor THREAD =
            new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "mgn-onednn");
                thread.setDaemon(true);
                return thread;
            });

    static {
        THREAD.allowCoreThreadTimeOut(true);
    }

    private NativeThread() {}

    /** Runs a task after those that came before it, and waits for its end; its unchecked exceptions pass through. */
    static void run(Runnable task) {
        call(Executors.callable(task, task));
    }

    /** As {@link #run}, for a task with a result. */
    static <T> T call(Callable<T> task) {
        try {
            return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(THREAD.submit(task)));
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }
}
