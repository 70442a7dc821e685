package io.github.mgn4j.cli;

import io.github.mgn4j.train.StepReport;
import io.github.mgn4j.train.Trainer;
import io.github.mgn4j.train.TrainingListener;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Lets a training, or a study of several, that SIGTERM or Ctrl-C ends write its checkpoint first: the JVM's shutdown waits for it
 * and exits with 0 when everything is saved. Closed on the training's thread once nothing is left to save.
 */
final class StopOnSignal implements TrainingListener, AutoCloseable {
    private final Terminal terminal;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "mgn-stop");
    private volatile @Nullable Runnable request;
    private volatile boolean stopping;
    private volatile boolean saved;

    StopOnSignal(Terminal terminal) {
        this.terminal = terminal;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        stopping = true;
        Runnable current = request;
        if (current == null) {
            Runtime.getRuntime().halt(0); // there is nothing to lose yet
            return;
        }
        terminal.say("asked to stop: finishing this step and saving a checkpoint");
        current.run();
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (saved) {
            terminal.results().flush();
            // The status of a JVM ended by a signal would report an interruption, but everything is saved.
            Runtime.getRuntime().halt(0);
        }
    }

    /** Returns whether the process is ending; the training's thread need not hurry then. */
    boolean stopping() {
        return stopping;
    }

    /** Sets how the work is asked to end; it is asked at once if a signal has come already. */
    void ask(Runnable requestStop) {
        request = requestStop;
        if (stopping) {
            requestStop.run();
        }
    }

    /** Says that everything is on disk. */
    void saved() {
        saved = true;
    }

    @Override
    public void onStart(Trainer started) {
        ask(started::requestStop);
    }

    @Override
    public void onStep(Trainer t, StepReport step) {}

    /** Called as the last listener: everything is on disk. */
    @Override
    public void onStop(Trainer t) {
        saved();
        terminal.say("stopped after step %d of %d; --resume goes on".formatted(t.iteration(), t.totalIterations()));
    }

    @Override
    public void onEnd(Trainer t) {
        saved();
    }

    @Override
    public void close() {
        done.countDown();
        if (!stopping) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM has just begun to shut down: the hook runs, and finds everything saved.
            }
        }
    }
}
