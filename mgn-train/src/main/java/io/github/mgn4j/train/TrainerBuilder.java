package io.github.mgn4j.train;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.loss.LossTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** Builds a {@link Trainer} with a program's own objective or optimizer instead of the recipe's. Not thread-safe. */
public final class TrainerBuilder {
    private static final String OBJECTIVE = "objective";
    private static final String OPTIMIZER = "optimizer";

    final Recipe recipe;
    final BatchSource data;
    DataType type = DataType.FLOAT;
    boolean withKernels = true;
    private @Nullable Function<MgnSpec, Objective> objective;
    private @Nullable Function<ParameterGroups, Optimizer> optimizer;

    TrainerBuilder(Recipe recipe, BatchSource data) {
        this.recipe = recipe;
        this.data = data;
    }

    /**
     * Sets a function that creates the objective for a network. The recipe's settings of the losses then have no
     * effect.
     */
    @CanIgnoreReturnValue
    public TrainerBuilder objective(Function<MgnSpec, Objective> value) {
        objective = value;
        return this;
    }

    /**
     * Sets a function that creates the optimizer from the recipe's parameter groups. The recipe's settings of the
     * optimizer and of weight decay then have no effect. The trainer closes the optimizer.
     */
    @CanIgnoreReturnValue
    public TrainerBuilder optimizer(Function<ParameterGroups, Optimizer> value) {
        optimizer = value;
        return this;
    }

    /** Leaves out the kernels of other modules, so that ND4J computes everything. */
    @CanIgnoreReturnValue
    TrainerBuilder withoutKernels() {
        withKernels = false;
        return this;
    }

    @CanIgnoreReturnValue
    TrainerBuilder type(DataType value) {
        type = value;
        return this;
    }

    /**
     * Creates a trainer for the first step.
     *
     * @param start the weights to start from; its number of classes must be the data's
     * @throws IllegalArgumentException if recipe, data and network do not fit together
     */
    public Trainer start(Model start) {
        return new Trainer(start, this);
    }

    /**
     * Creates a trainer that continues from a checkpoint as if it had never stopped. With the same number of OpenMP
     * threads the result is the same to the last bit; with another number sums are rounded differently, and a warning
     * is logged.
     *
     * <p>The recipe must {@linkplain Recipe#checkContinues continue} the checkpoint's. A program's own parts must be
     * set again: the same kind of optimizer, and an objective with the same terms.
     *
     * @throws RecipeException if recipe, data or parts do not match the checkpoint
     */
    public Trainer resume(Checkpoint checkpoint) {
        check(checkpoint);
        Trainer trainer = new Trainer(checkpoint.model(), this);
        try {
            trainer.restore(checkpoint);
            return trainer;
        } catch (RuntimeException | Error e) {
            trainer.close();
            throw e;
        }
    }

    /** Checks the conditions of {@link #resume} that need no trainer. */
    void check(Checkpoint checkpoint) {
        recipe.checkContinues(checkpoint.recipe());
        RecipeException.check(
                data.fingerprint().equals(checkpoint.data()),
                "the run was on %s, it cannot be resumed on %s",
                checkpoint.data(),
                data.fingerprint());
        checkpoint.checkOwn(OBJECTIVE, objective != null);
        checkpoint.checkOwn(OPTIMIZER, optimizer != null);
    }

    Objective objectiveFor(MgnSpec spec) {
        return objective == null ? recipe.objective(spec) : objective.apply(spec);
    }

    Optimizer optimizerFor(MgnSpec spec) {
        ParameterGroups groups = recipe.parameters().groups(spec);
        return optimizer == null ? recipe.optimizer().create(groups) : optimizer.apply(groups);
    }

    /** Returns the names of the program's own parts, for {@link Checkpoint#ownParts()}. */
    Map<String, String> ownParts(Objective usedObjective, Optimizer usedOptimizer) {
        ImmutableMap.Builder<String, String> parts = ImmutableMap.builder();
        if (objective != null) {
            parts.put(
                    OBJECTIVE,
                    usedObjective.terms().stream().map(LossTerm::name).collect(Collectors.joining(" ")));
        }
        if (optimizer != null) {
            parts.put(OPTIMIZER, usedOptimizer.name());
        }
        return parts.buildOrThrow();
    }
}
