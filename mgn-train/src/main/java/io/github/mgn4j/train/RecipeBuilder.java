package io.github.mgn4j.train;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.loss.TripletLoss;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Recipe}. Every value starts as the article's. {@link #build()} checks the values. Not thread-safe.
 */
public final class RecipeBuilder {
    private NetworkSettings network = NetworkSettings.MGN;
    private int p = 16;
    private int k = 4;
    private EpochLength epochLength = EpochLength.FULL_PASS;
    private int epochs = 80;
    private @Nullable Integer iterations;
    OptimizerSettings optimizer = OptimizerSettings.MGN;
    private LrSchedule.Shape lrSchedule = LrSchedule.Shape.STEP;
    private double lr = 0.01;
    private List<Double> lrSteps = List.of(40.0, 60.0);
    private double lrGamma = 0.1;
    private double lrMin;
    private double warmUpEpochs;
    ParameterSettings parameters = ParameterSettings.MGN;
    private double clipNorm;
    private double margin = TripletLoss.DEFAULT_MARGIN;
    private boolean softMargin;
    private double labelSmoothing;
    private double softmaxWeight = 1;
    private double tripletWeight = 1;
    private List<String> augment = List.of("flip");
    private OnError onError = OnError.FAIL;
    private long seed = 1;
    private int microBatch;
    private Precision precision = Precision.FP32;
    private int checkpointEvery = 1000;
    private int evaluateEvery;

    RecipeBuilder() {}

    RecipeBuilder(Recipe recipe) {
        network = recipe.network();
        p = recipe.sampling().p();
        k = recipe.sampling().k();
        epochLength = recipe.sampling().epochLength();
        epochs = recipe.epochs();
        iterations = recipe.iterations();
        optimizer = recipe.optimizer();
        lrSchedule = recipe.schedule().shape();
        lr = recipe.schedule().base();
        lrSteps = recipe.schedule().steps();
        lrGamma = recipe.schedule().gamma();
        lrMin = recipe.schedule().min();
        warmUpEpochs = recipe.schedule().warmUpEpochs();
        parameters = recipe.parameters();
        clipNorm = recipe.clipNorm();
        margin = recipe.losses().margin();
        softMargin = recipe.losses().softMargin();
        labelSmoothing = recipe.losses().labelSmoothing();
        softmaxWeight = recipe.losses().softmaxWeight();
        tripletWeight = recipe.losses().tripletWeight();
        augment = recipe.sampling().augment();
        onError = recipe.sampling().onError();
        seed = recipe.seed();
        microBatch = recipe.microBatch();
        precision = recipe.precision();
        checkpointEvery = recipe.cadence().checkpointEvery();
        evaluateEvery = recipe.cadence().evaluateEvery();
    }

    /** Sets the network to build when there is no model to start from. */
    @CanIgnoreReturnValue
    public RecipeBuilder network(NetworkSettings settings) {
        network = settings;
        return this;
    }

    /** Sets the number of identities per batch. */
    @CanIgnoreReturnValue
    public RecipeBuilder p(int identities) {
        p = identities;
        return this;
    }

    /** Sets the number of images per identity. */
    @CanIgnoreReturnValue
    public RecipeBuilder k(int images) {
        k = images;
        return this;
    }

    /** Sets what an epoch is. */
    @CanIgnoreReturnValue
    public RecipeBuilder epochLength(EpochLength length) {
        epochLength = length;
        return this;
    }

    /** Sets the number of epochs and clears {@link #iterations}. */
    @CanIgnoreReturnValue
    public RecipeBuilder epochs(int count) {
        epochs = count;
        iterations = null;
        return this;
    }

    /** Sets the total number of steps, which takes precedence over {@link #epochs}; null to clear it. */
    @CanIgnoreReturnValue
    public RecipeBuilder iterations(@Nullable Integer count) {
        iterations = count;
        return this;
    }

    /** Sets the optimizer and its constants. */
    @CanIgnoreReturnValue
    public RecipeBuilder optimizer(OptimizerSettings settings) {
        optimizer = settings;
        return this;
    }

    /** Sets the momentum of SGD. */
    @CanIgnoreReturnValue
    public RecipeBuilder momentum(double value) {
        return optimizer(optimizer.withMomentum(value));
    }

    /** Sets the weight decay. */
    @CanIgnoreReturnValue
    public RecipeBuilder weightDecay(double value) {
        return optimizer(optimizer.withWeightDecay(value));
    }

    /** Sets the shape of the learning rate schedule. */
    @CanIgnoreReturnValue
    public RecipeBuilder lrSchedule(LrSchedule.Shape shape) {
        lrSchedule = shape;
        return this;
    }

    /** Sets the learning rate before any step of the schedule. */
    @CanIgnoreReturnValue
    public RecipeBuilder lr(double value) {
        lr = value;
        return this;
    }

    /** Sets the epochs after which the learning rate is multiplied by {@link #lrGamma}. */
    @CanIgnoreReturnValue
    public RecipeBuilder lrSteps(List<Double> epochsOfSteps) {
        lrSteps = epochsOfSteps;
        return this;
    }

    /** Sets the factor of each step of the schedule. */
    @CanIgnoreReturnValue
    public RecipeBuilder lrGamma(double factor) {
        lrGamma = factor;
        return this;
    }

    /** Sets the final learning rate of a cosine schedule. */
    @CanIgnoreReturnValue
    public RecipeBuilder lrMin(double value) {
        lrMin = value;
        return this;
    }

    /** Sets the number of epochs of linear warm-up; 0 for none. */
    @CanIgnoreReturnValue
    public RecipeBuilder warmUpEpochs(double count) {
        warmUpEpochs = count;
        return this;
    }

    /** Sets which parameters are trained differently from the others. */
    @CanIgnoreReturnValue
    public RecipeBuilder parameters(ParameterSettings settings) {
        parameters = settings;
        return this;
    }

    /** Sets the largest Euclidean norm of all gradients together; 0 for no clipping. */
    @CanIgnoreReturnValue
    public RecipeBuilder clipNorm(double norm) {
        clipNorm = norm;
        return this;
    }

    /** Sets the margin of the triplet loss. */
    @CanIgnoreReturnValue
    public RecipeBuilder margin(double value) {
        margin = value;
        return this;
    }

    /** Sets whether the triplet loss uses a soft margin. */
    @CanIgnoreReturnValue
    public RecipeBuilder softMargin(boolean soft) {
        softMargin = soft;
        return this;
    }

    /** Sets the label smoothing of the softmax loss. */
    @CanIgnoreReturnValue
    public RecipeBuilder labelSmoothing(double share) {
        labelSmoothing = share;
        return this;
    }

    /** Sets the factor of the mean of the softmax terms (1 in the article). */
    @CanIgnoreReturnValue
    public RecipeBuilder softmaxWeight(double weight) {
        softmaxWeight = weight;
        return this;
    }

    /** Sets the factor of the mean of the triplet terms (1 in the article); 0 is the ablation without triplet loss. */
    @CanIgnoreReturnValue
    public RecipeBuilder tripletWeight(double weight) {
        tripletWeight = weight;
        return this;
    }

    /** Sets the names of augmentations, in the order of application; empty for none. */
    @CanIgnoreReturnValue
    public RecipeBuilder augment(List<String> names) {
        augment = names;
        return this;
    }

    /** Sets the policy for training images that cannot be read: fail, or take another image of the same identity. */
    @CanIgnoreReturnValue
    public RecipeBuilder onError(OnError policy) {
        onError = policy;
        return this;
    }

    /** Sets the seed of sampling, augmentation and new weights. */
    @CanIgnoreReturnValue
    public RecipeBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** Sets the number of images per pass through the network; 0 for the whole batch. */
    @CanIgnoreReturnValue
    public RecipeBuilder microBatch(int images) {
        microBatch = images;
        return this;
    }

    /** Sets the format of the factors of convolutions, fp32 or bf16; see {@link Recipe#precision}. */
    @CanIgnoreReturnValue
    public RecipeBuilder precision(Precision value) {
        precision = value;
        return this;
    }

    /** Sets the iterations between two evaluations; 0 for none. */
    @CanIgnoreReturnValue
    public RecipeBuilder evaluateEvery(int count) {
        evaluateEvery = count;
        return this;
    }

    /** Sets the iterations between two checkpoints; 0 for checkpoints only at the end and when training is stopped. */
    @CanIgnoreReturnValue
    public RecipeBuilder checkpointEvery(int count) {
        checkpointEvery = count;
        return this;
    }

    /**
     * Builds the recipe.
     *
     * @throws RecipeException naming the first setting that is out of range
     */
    public Recipe build() {
        return new Recipe(
                network,
                new Sampling(p, k, epochLength, augment, onError),
                epochs,
                iterations,
                optimizer,
                new LrSchedule(lrSchedule, lr, lrSteps, lrGamma, lrMin, warmUpEpochs),
                parameters,
                clipNorm,
                new LossSettings(margin, softMargin, labelSmoothing, softmaxWeight, tripletWeight),
                seed,
                microBatch,
                precision,
                new Cadence(checkpointEvery, evaluateEvery));
    }
}
