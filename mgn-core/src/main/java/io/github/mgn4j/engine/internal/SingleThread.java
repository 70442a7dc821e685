package io.github.mgn4j.engine.internal;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread for calls into a native library with per-thread state, such as buffers or a team of workers.
 */
public final class SingleThread implements AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final ExecutorService executor;
    /** The task that frees the thread's state; null while the thread accepts calls. */
    private @Nullable Future<Runnable> last;

    private SingleThread(ExecutorService executor) {
        this.executor = executor;
    }

    /** Creates a thread that lives until {@link #close()} is called or this object becomes unreachable. */
    public static SingleThread create(String name) {
        return new SingleThread(Executors.newSingleThreadExecutor(factory(name)));
    }

    /**
     * Creates a thread that ends after a minute without calls and restarts with the next call. It suits process-wide
     * instances, which are never closed.
     */
    public static SingleThread withIdleTimeout(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name));
        executor.allowCoreThreadTimeOut(true);
        return new SingleThread(executor);
    }

    private static ThreadFactory factory(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Runs a task after all earlier ones and waits for its end. Unchecked exceptions of the task pass through.
     *
     * @throws IllegalStateException if this thread is closed
     */
    public void run(Runnable task) {
        call(Executors.callable(task, task));
    }

    /** Runs a task with a result, as {@link #run} does. */
    public <T> T call(Callable<T> task) {
        Future<T> result;
        synchronized (this) {
            if (last != null) {
                throw new IllegalStateException("the engine is closed");
            }
            result = executor.submit(task);
        }
        return await(result);
    }

    private static <T> T await(Future<T> result) {
        try {
            return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(result));
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }

    /**
     * Rejects new calls, waits for earlier ones and then runs {@code free}. If the thread is already closed or closing, only
     * waits for its end.
     */
    public void close(Runnable free) {
        Future<Runnable> end;
        synchronized (this) {
            if (last == null) {
                last = executor.submit(free, free);
                executor.shutdown();
            }
            end = last;
        }
        await(end);
    }

    @Override
    public void close() {
        close(() -> {});
    }
}
