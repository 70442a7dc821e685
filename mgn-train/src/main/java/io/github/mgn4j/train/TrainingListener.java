package io.github.mgn4j.train;

import java.io.IOException;

/** Is told how training goes, on the trainer's thread. An exception ends the training. */
public interface TrainingListener {
    /** Before the first step of a run. */
    default void onStart(Trainer trainer) throws IOException {}

    /** After each step. */
    void onStep(Trainer trainer, StepReport step) throws IOException;

    /** After a step, when the training was asked to stop before its last one. */
    default void onStop(Trainer trainer) throws IOException {}

    /** After the last step of a run that was not cut short. */
    default void onEnd(Trainer trainer) throws IOException {}
}
