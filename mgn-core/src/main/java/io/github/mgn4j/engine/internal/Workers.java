package io.github.mgn4j.engine.internal;

import com.google.common.base.Throwables;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take the pieces of a task one by one until none is left. A thread that gets less of its core, because
 * another process shares it, takes fewer. One that has not begun when the last piece is taken is not waited for.
 * Thread-safe.
 */
public final class Workers implements AutoCloseable {
    /** Computes a piece. */
    public interface Task {
        /**
         * Computes a piece.
         *
         * @param worker index of the worker, which computes one piece at a time
         * @param piece index of the piece
         */
        void run(int worker, int piece);
    }

    private static final long IDLE_SECONDS = 60;

    private final ThreadPoolExecutor helpers;
    private final IntConsumer teamSize;

    /**
     * Creates workers. Their threads start when they are needed, and end after a minute without work.
     *
     * @param name name of the threads
     * @param most most workers of a task, the calling thread included
     * @param teamSize sets how many native threads compute for the calling thread
     */
    public Workers(String name, int most, IntConsumer teamSize) {
        this.teamSize = teamSize;
        int size = Math.max(1, most - 1);
        helpers = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                });
        helpers.allowCoreThreadTimeOut(true);
    }

    /**
     * Computes the pieces of a batch on the calling thread, which is the first worker, and on others, and waits for the
     * last one. The first exception is passed on after that.
     */
    public void run(Division division, Task task) {
        Pieces pieces = new Pieces(task, division.pieces());
        for (int i = 1; i < division.workers(); i++) {
            int worker = i;
            helpers.execute(() -> {
                use(division.threads());
                pieces.work(worker);
            });
        }
        use(division.threads());
        pieces.work(0);
        pieces.await();
    }

    /** Sets how many native threads compute what the calling thread passes to the native library. */
    void use(int threads) {
        teamSize.accept(threads);
    }

    /** Ends the threads. No task may be under way. */
    @Override
    public void close() {
        helpers.shutdownNow();
    }

    /** The pieces of one task. */
    private static final class Pieces {
        private final Task task;
        private final int count;
        private final AtomicInteger next = new AtomicInteger();
        private int finished; // guarded by this
        private @Nullable Throwable failure; // guarded by this

        Pieces(Task task, int count) {
            this.task = task;
            this.count = count;
        }

        void work(int worker) {
            for (int piece = next.getAndIncrement(); piece < count; piece = next.getAndIncrement()) {
                Throwable thrown = null;
                try {
                    task.run(worker, piece);
                } catch (RuntimeException | Error e) {
                    thrown = e;
                }
                finish(thrown);
            }
        }

        private synchronized void finish(@Nullable Throwable thrown) {
            failure = failure == null ? thrown : failure;
            finished++;
            notifyAll();
        }

        synchronized void await() {
            boolean interrupted = false;
            while (finished < count) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                Throwables.throwIfUnchecked(failure);
            }
        }
    }
}
