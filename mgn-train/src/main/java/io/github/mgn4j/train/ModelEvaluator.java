package io.github.mgn4j.train;

import io.github.mgn4j.model.Model;
import java.io.IOException;

/** Scores a network during training. The trainer knows no metric; an application supplies its own. */
@FunctionalInterface
public interface ModelEvaluator {
    /**
     * Returns the score of the current network; larger is better. Called on the trainer's thread, which waits.
     *
     * @param model a copy of the network
     * @param iteration number of steps it was trained for
     * @throws IOException ends the training
     */
    double score(Model model, long iteration) throws IOException;
}
