package io.github.mgn4j.train;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.loss.TripletLoss;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes a recipe step by step; every value starts as the article's. Values are checked in {@link #build()}. Not
 * thread-safe.
 */
public final class RecipeBuilder {
    private NetworkSettings network = NetworkSettings.MGN;
    private int p = 16;
    private int k = 4;
    private EpochLength epochLength = EpochLength.FULL_PASS;
    private int epochs = 80;
    private @Nullable Integer iterations;
    private OptimizerSettings optimizer = OptimizerSettings.MGN;
    private double lr = 0.01;
    private List<Double> lrSteps = List.of(40.0, 60.0);
    private double lrGamma = 0.1;
    private double warmUpEpochs;
    private double margin = TripletLoss.DEFAULT_MARGIN;
    private boolean softMargin;
    private double labelSmoothing;
    private List<String> augment = List.of("flip");
    private long seed = 1;
    private int checkpointEvery = 1000;

    RecipeBuilder() {}

    RecipeBuilder(Recipe recipe) {
        network = recipe.network();
        p = recipe.p();
        k = recipe.k();
        epochLength = recipe.epochLength();
        epochs = recipe.epochs();
        iterations = recipe.iterations();
        optimizer = recipe.optimizer();
        lr = recipe.schedule().base();
        lrSteps = recipe.schedule().steps();
        lrGamma = recipe.schedule().gamma();
        warmUpEpochs = recipe.schedule().warmUpEpochs();
        margin = recipe.margin();
        softMargin = recipe.softMargin();
        labelSmoothing = recipe.labelSmoothing();
        augment = recipe.augment();
        seed = recipe.seed();
        checkpointEvery = recipe.checkpointEvery();
    }

    @CanIgnoreReturnValue
    public RecipeBuilder network(NetworkSettings settings) {
        network = settings;
        return this;
    }

    /** Identities per batch. */
    @CanIgnoreReturnValue
    public RecipeBuilder p(int identities) {
        p = identities;
        return this;
    }

    /** Images per identity. */
    @CanIgnoreReturnValue
    public RecipeBuilder k(int images) {
        k = images;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder epochLength(EpochLength length) {
        epochLength = length;
        return this;
    }

    /** Trains for a number of epochs; takes back {@link #iterations}. */
    @CanIgnoreReturnValue
    public RecipeBuilder epochs(int count) {
        epochs = count;
        iterations = null;
        return this;
    }

    /** Trains for a total number of steps, whatever {@link #epochs} says; null to take it back. */
    @CanIgnoreReturnValue
    public RecipeBuilder iterations(@Nullable Integer count) {
        iterations = count;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder optimizer(OptimizerSettings settings) {
        optimizer = settings;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder momentum(double value) {
        OptimizerSettings o = optimizer;
        return optimizer(new OptimizerSettings(
                o.kind(), value, o.weightDecay(), o.beta1(), o.beta2(), o.epsilon(), o.amsgrad()));
    }

    @CanIgnoreReturnValue
    public RecipeBuilder weightDecay(double value) {
        OptimizerSettings o = optimizer;
        return optimizer(
                new OptimizerSettings(o.kind(), o.momentum(), value, o.beta1(), o.beta2(), o.epsilon(), o.amsgrad()));
    }

    /** Learning rate before any step of the schedule. */
    @CanIgnoreReturnValue
    public RecipeBuilder lr(double value) {
        lr = value;
        return this;
    }

    /** Epochs after which the learning rate is multiplied by {@link #lrGamma}. */
    @CanIgnoreReturnValue
    public RecipeBuilder lrSteps(List<Double> epochsOfSteps) {
        lrSteps = epochsOfSteps;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder lrGamma(double factor) {
        lrGamma = factor;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder warmUpEpochs(double count) {
        warmUpEpochs = count;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder margin(double value) {
        margin = value;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder softMargin(boolean soft) {
        softMargin = soft;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder labelSmoothing(double share) {
        labelSmoothing = share;
        return this;
    }

    /** Names of augmentations in the order they are applied; empty for none. */
    @CanIgnoreReturnValue
    public RecipeBuilder augment(List<String> names) {
        augment = names;
        return this;
    }

    @CanIgnoreReturnValue
    public RecipeBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** Iterations between two checkpoints; 0 for none. */
    @CanIgnoreReturnValue
    public RecipeBuilder checkpointEvery(int count) {
        checkpointEvery = count;
        return this;
    }

    /**
     * The recipe described.
     *
     * @throws RecipeException naming the first setting that is out of range
     */
    public Recipe build() {
        return new Recipe(
                network,
                p,
                k,
                epochLength,
                epochs,
                iterations,
                optimizer,
                new LrSchedule(lr, lrSteps, lrGamma, warmUpEpochs),
                margin,
                softMargin,
                labelSmoothing,
                augment,
                seed,
                checkpointEvery);
    }
}
