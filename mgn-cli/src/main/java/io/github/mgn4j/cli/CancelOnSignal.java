package io.github.mgn4j.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ExitCode;

/**
 * Lets work that Ctrl-C or SIGTERM ends clean up: its thread is interrupted, and the JVM waits for its end for a
 * limited time.
 */
final class CancelOnSignal {
    private static final int PATIENCE_SECONDS = 30;

    private CancelOnSignal() {}

    /** Work of a command. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    static void run(Work work) throws IOException {
        Thread worker = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> cancel(worker, ended), "mgn-cancel");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            work.run();
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is shutting down: the hook has been waiting for this.
            }
        }
    }

    private static void cancel(Thread worker, CountDownLatch ended) {
        worker.interrupt();
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.SOFTWARE); // files left behind are hidden: .NAME.part
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
