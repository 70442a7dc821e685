package io.github.mgn4j.study;

/** Receives the progress of a study, on the thread that runs it. */
@FunctionalInterface
public interface StudyListener {
    /** Ignores all calls. */
    StudyListener NONE = progress -> {};

    /** Called after each step of a training, and before a row is evaluated. */
    void progress(Progress progress);

    /**
     * The state of a study.
     *
     * @param what the work under way, such as {@code MGN, seed 1}
     * @param loss loss of the step just taken; NaN if none was
     * @param done steps taken, over all trainings of the study
     * @param total steps of all trainings of the study
     */
    record Progress(String what, double loss, long done, long total) {}
}
