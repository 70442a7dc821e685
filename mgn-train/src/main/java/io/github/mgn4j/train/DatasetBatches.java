package io.github.mgn4j.train;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.github.mgn4j.data.Augmentation;
import io.github.mgn4j.data.Augmentations;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Identity-balanced batches of a data set's training images, sampled and augmented as a recipe says. */
public final class DatasetBatches implements BatchSource {
    private final IdentityBalancedSampler sampler;
    private final Layout layout;
    private final BatchLoader.Builder builder;
    private final String fingerprint;
    private final Set<UnreadableImage> skipped = new LinkedHashSet<>();
    private @Nullable BatchLoader loader;

    /**
     * Creates a source of batches. Its threads start with the first {@link #next}.
     *
     * @param images the training images; their identities become classes in ascending order of pid
     * @param recipe settings of sampling and augmentation
     * @param preprocessor resizes to the network's input size
     * @param layout order of the axes of the batches
     * @param cacheBytes memory for resized images, in bytes
     * @throws io.github.mgn4j.data.DatasetException if the recipe asks for more identities per batch than there are, or
     *     for an augmentation that does not exist
     */
    public DatasetBatches(
            List<ReidImage> images, Recipe recipe, Preprocessor preprocessor, Layout layout, long cacheBytes) {
        this(images, recipe, preprocessor, layout, cacheBytes, Map.of());
    }

    /**
     * Creates a source of batches with a program's own augmentations, by the names under which {@link
     * Sampling#augment()} lists them; otherwise like the other constructor.
     */
    public DatasetBatches(
            List<ReidImage> images,
            Recipe recipe,
            Preprocessor preprocessor,
            Layout layout,
            long cacheBytes,
            Map<String, Augmentation> augmentations) {
        this.layout = layout;
        sampler = new IdentityBalancedSampler(
                IdentityIndex.of(images),
                recipe.p(),
                recipe.k(),
                recipe.sampling().epochLength(),
                recipe.seed());
        fingerprint = fingerprint(images);
        builder = BatchLoader.builder(images, sampler, preprocessor)
                .augmentation(Augmentations.parse(
                        recipe.sampling().augment().isEmpty()
                                ? "none"
                                : String.join(",", recipe.sampling().augment()),
                        augmentations))
                .layout(layout)
                .onError(recipe.sampling().onError())
                .cacheBytes(cacheBytes)
                .seed(recipe.seed());
    }

    /** Hashes file names and pids in their order, but not the folder, which may have moved. */
    private static String fingerprint(List<ReidImage> images) {
        Hasher hasher = Hashing.sha256().newHasher();
        for (ReidImage image : images) {
            hasher.putUnencodedChars(image.name());
            hasher.putInt(image.pid());
        }
        return images.size() + " images of " + IdentityIndex.of(images).classes() + " identities, "
                + hasher.hash().toString().substring(0, 16);
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
    public void seek(long iteration) {
        close();
        loader = builder.start(
                iteration / sampler.iterationsPerEpoch(), (int) (iteration % sampler.iterationsPerEpoch()));
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public Batch next() throws IOException {
        if (loader == null) {
            loader = builder.start();
        }
        return loader.next();
    }

    /**
     * Returns the images that could not be read so far, each once, if the recipe replaces them by others. May be called
     * after closing.
     */
    public List<UnreadableImage> skipped() {
        if (loader != null) {
            skipped.addAll(loader.skipped());
        }
        return List.copyOf(skipped);
    }

    @Override
    public void close() {
        if (loader != null) {
            loader.close();
            skipped.addAll(loader.skipped());
            loader = null;
        }
    }
}
