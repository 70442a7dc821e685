package io.github.mgn4j.train;

import io.github.mgn4j.model.Model;
import java.io.IOException;

/** Says how good a network is. The trainer knows no metric: an application brings its own. */
@FunctionalInterface
public interface ModelEvaluator {
    /**
     * The score of a network as it is during training; the larger the better. Called on the trainer's thread, which waits.
     *
     * @param model a copy
     * @param iteration steps it was trained for
     */
    double score(Model model, long iteration) throws IOException;
}
