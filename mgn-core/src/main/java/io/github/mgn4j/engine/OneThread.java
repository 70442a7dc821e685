package io.github.mgn4j.engine;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread for calls into a native library that keeps things by thread: buffers, or a team of workers. A daemon; it ends when it
 * has been idle for a minute, and begins again with the next call.
 */
public final class OneThread implements AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final ThreadPoolExecutor executor;

    public OneThread(String name) {
        executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a task after those that came before it, and waits for its end; its unchecked exceptions pass through.
     *
     * @throws IllegalStateException if this is closed
     */
    public void run(Runnable task) {
        call(Executors.callable(task, task));
    }

    /** As {@link #run}, for a task with a result. */
    public <T> T call(Callable<T> task) {
        try {
            return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(executor.submit(task)));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the engine is closed", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }

    /** Whether it takes no more calls. */
    public boolean isClosed() {
        return executor.isShutdown();
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
