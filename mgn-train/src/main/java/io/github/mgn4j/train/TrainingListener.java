package io.github.mgn4j.train;

import java.io.IOException;

/** Receives the events of a training run, on the trainer's thread. An exception ends the training. */
public interface TrainingListener {
    /** Called before the first step of a run. */
    default void onStart(Trainer trainer) throws IOException {}

    /** Called after each step. */
    void onStep(Trainer trainer, StepReport step) throws IOException;

    /** Called after a step when a stop was requested before the last step. */
    default void onStop(Trainer trainer) throws IOException {}

    /** Called after the last step of a run that was not stopped early. */
    default void onEnd(Trainer trainer) throws IOException {}
}
