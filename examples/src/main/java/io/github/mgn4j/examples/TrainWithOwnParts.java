package io.github.mgn4j.examples;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.loss.CustomTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Trains a custom network with a custom loss, and prints its progress. */
public final class TrainWithOwnParts {
    private TrainWithOwnParts() {}

    /** Arguments: data set, folder of the run. */
    public static void main(String... args) throws IOException {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 48)
                .branches(Branch.part(2), Branch.part(3))
                .embedding(32)
                .classes(1) // replaced by the number of identities in the data
                .build();
        Recipe recipe = Recipe.builder().p(4).k(2).iterations(8).lr(0.01).build();
        try (Training training = Training.builder(DatasetFormats.read(Path.of(args[0])), recipe)
                .spec(spec)
                .objective(TrainWithOwnParts::objective)
                .listener((trainer, step) -> System.out.printf("step %d: %s%n", step.iteration(), step.terms()))
                .folder(Path.of(args[1]))
                .open()) {
            Model model = training.run();
            System.out.println("trained on " + model.spec().classes() + " identities");
        }
    }

    /** Returns the article's objective plus a tenth of a centre loss on every global feature. */
    private static Objective objective(MgnSpec spec) {
        return Objective.mgn(spec)
                .with(spec.globalFeatures().stream()
                        .map(g -> CustomTerm.onVector("centre", g, 0.1, TrainWithOwnParts::centre))
                        .toList());
    }

    /**
     * Returns the mean squared distance of the vectors {@code [batch, dims]} to the mean of their identity in the
     * batch.
     */
    private static SDVariable centre(SameDiff sd, SDVariable vectors, SDVariable oneHot) {
        SDVariable same = sd.mmul(oneHot, oneHot, false, true, false);
        SDVariable centres = sd.mmul(same, vectors).div(same.sum(true, 1));
        return sd.math().square(vectors.sub(centres)).sum(1).mean();
    }
}
