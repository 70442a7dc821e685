package io.github.mgn4j.train;

import io.github.mgn4j.data.Augmentations;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.image.Preprocessor;
import java.io.IOException;
import java.util.List;

/** Identity-balanced batches of a data set's training images, as a recipe wants them. */
public final class DatasetBatches implements BatchSource {
    private final IdentityBalancedSampler sampler;
    private final Layout layout;
    private final BatchLoader loader;

    /**
     * Starts to load.
     *
     * @param images the training images; their identities become classes in ascending order of pid
     * @param preprocessor for the network's input size
     * @param layout order of the axes of the batches
     * @param cacheBytes how much memory resized images may take
     * @throws io.github.mgn4j.data.DatasetException if the recipe asks for more identities per batch than there are, or
     *     for an augmentation that does not exist
     */
    public DatasetBatches(
            List<ReidImage> images, Recipe recipe, Preprocessor preprocessor, Layout layout, long cacheBytes) {
        this.layout = layout;
        sampler = new IdentityBalancedSampler(
                IdentityIndex.of(images), recipe.p(), recipe.k(), recipe.epochLength(), recipe.seed());
        loader = BatchLoader.builder(images, sampler, preprocessor)
                .augmentation(
                        Augmentations.parse(recipe.augment().isEmpty() ? "none" : String.join(",", recipe.augment())))
                .layout(layout)
                .cacheBytes(cacheBytes)
                .seed(recipe.seed())
                .start();
    }

    @Override
    public int batchSize() {
        return sampler.batchSize();
    }

    @Override
    public int classes() {
        return sampler.index().classes();
    }

    @Override
    public int iterationsPerEpoch() {
        return sampler.iterationsPerEpoch();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Batch next() throws IOException {
        return loader.next();
    }

    @Override
    public void close() {
        loader.close();
    }
}
