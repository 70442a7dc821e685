package io.github.mgn4j.dl4j;

import com.google.common.base.Preconditions;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.data.Augmentation;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.spec.InputSize;
import java.util.List;
import java.util.function.UnaryOperator;

/** Builds identity-balanced iterators: {@link IdentityBalancedIterator#builder}. Not thread-safe. */
public final class IdentityBalancedBuilder {
    private final List<ReidImage> images;
    private final InputSize size;
    private int p = 16;
    private int k = 4;
    private EpochLength epochLength = EpochLength.FULL_PASS;
    private Layout layout = Layout.NCHW;
    private Resampling resampling = Resampling.BILINEAR;
    private Augmentation augmentation = Augmentation.NONE;
    private long seed;
    private UnaryOperator<BatchLoader.Builder> loading = UnaryOperator.identity();

    IdentityBalancedBuilder(List<ReidImage> images, InputSize size) {
        this.images = images;
        this.size = size;
    }

    /** Sets the number of identities per batch; 16 by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder p(int identities) {
        p = identities;
        return this;
    }

    /** Sets the number of images per identity; 4 by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder k(int imagesPerIdentity) {
        k = imagesPerIdentity;
        return this;
    }

    /** Sets the length of an epoch; {@link EpochLength#FULL_PASS} by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder epochLength(EpochLength length) {
        epochLength = length;
        return this;
    }

    /** Sets the layout of the images; {@link Layout#NCHW}, DL4J's own default, by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder layout(Layout axes) {
        layout = axes;
        return this;
    }

    /** Sets the interpolation that resizes images to the network's input; bilinear by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder resampling(Resampling filter) {
        resampling = filter;
        return this;
    }

    /** Sets the augmentation of the images; none by default. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder augmentation(Augmentation changes) {
        augmentation = changes;
        return this;
    }

    /** Sets the seed of the order and the augmentation; 0 by default. The same seed gives the same batches. */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder seed(long number) {
        seed = number;
        return this;
    }

    /**
     * Sets how images are loaded: threads, cache, unreadable images. Layout, augmentation and seed are this builder's.
     *
     * @param settings changes and returns the builder of the loader
     */
    @CanIgnoreReturnValue
    public IdentityBalancedBuilder loading(UnaryOperator<BatchLoader.Builder> settings) {
        loading = settings;
        return this;
    }

    /**
     * Creates an iterator for networks with one output.
     *
     * @throws io.github.mgn4j.data.DatasetException if P or K is below 1, or P above the number of identities
     */
    public IdentityBalancedIterator build() {
        return new IdentityBalancedIterator(batches());
    }

    /**
     * Creates an iterator for networks with several outputs.
     *
     * @param outputs number of outputs, each of which gets the labels, at least 1
     * @throws io.github.mgn4j.data.DatasetException if P or K is below 1, or P above the number of identities
     */
    public IdentityBalancedMultiIterator buildMulti(int outputs) {
        Preconditions.checkArgument(outputs >= 1, "outputs must be at least 1, not %s", outputs);
        return new IdentityBalancedMultiIterator(batches(), outputs);
    }

    private BalancedBatches batches() {
        IdentityBalancedSampler sampler =
                new IdentityBalancedSampler(IdentityIndex.of(images), p, k, epochLength, seed);
        Preprocessor preprocessor = new Preprocessor(size, resampling);
        BatchLoader.Builder loaders = loading.apply(BatchLoader.builder(images, sampler, preprocessor))
                .layout(layout)
                .augmentation(augmentation)
                .seed(seed);
        return new BalancedBatches(sampler, loaders, preprocessor, layout);
    }
}
