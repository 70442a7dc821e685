package io.github.mgn4j.study;

import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.train.Recipe;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A network of a study and the way it is trained. Immutable.
 *
 * @param spec the network; its number of classes is replaced by the data's
 * @param recipe the recipe; its network and seed are replaced by the study's
 * @param objective creates the objective for a network; null for the recipe's
 * @param start the backbone that the training starts from; null for random weights
 */
public record StudyNetwork(
        MgnSpec spec,
        Recipe recipe,
        @Nullable Function<MgnSpec, Objective> objective,
        @Nullable StartingBackbone start) {
    /** Creates a network that starts from random weights. */
    public StudyNetwork(MgnSpec spec, Recipe recipe, @Nullable Function<MgnSpec, Objective> objective) {
        this(spec, recipe, objective, null);
    }

    /** Creates a network that is trained with the recipe's objective. */
    public static StudyNetwork of(MgnSpec spec, Recipe recipe) {
        return new StudyNetwork(spec, recipe, null);
    }

    /** Returns this network with the backbone that its training starts from; null for random weights. */
    public StudyNetwork withStart(@Nullable StartingBackbone backbone) {
        return new StudyNetwork(spec, recipe, objective, backbone);
    }

    /** Returns this network with another recipe. */
    StudyNetwork withRecipe(UnaryOperator<Recipe> change) {
        return new StudyNetwork(spec, change.apply(recipe), objective, start);
    }

    StudyNetwork withClasses(int classes) {
        return new StudyNetwork(spec.toBuilder().classes(classes).build(), recipe, objective, start);
    }

    Objective usedObjective() {
        return objective == null ? recipe.objective(spec) : objective.apply(spec);
    }

    long parameters() {
        return NetworkSummary.of(spec).parameterCount();
    }

    long macs() {
        return NetworkSummary.of(spec).macs();
    }
}
