package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import com.google.common.primitives.Ints;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.verify.VerificationThresholds;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds a {@link FeatureExtractor}. Not thread-safe. */
public final class FeatureExtractorBuilder {
    private static final int DEFAULT_BATCH = 16;

    private final Supplier<Engine> opening;
    private final boolean opened;
    private final @Nullable VerificationThresholds thresholds;
    private String engine = Engines.AUTO;
    private Precision precision = Precision.FP32;
    private List<Integer> devices = List.of(0);
    private Preprocessing preprocessing;
    private int batch = DEFAULT_BATCH;
    private int decoders = Runtime.getRuntime().availableProcessors();

    FeatureExtractorBuilder(Model model) {
        opening = () -> Engines.open(engine, model, new EngineOptions(precision, batch), devices);
        opened = false;
        preprocessing = model.preprocessing();
        thresholds = model.thresholds();
    }

    FeatureExtractorBuilder(Engine engine) {
        opening = () -> engine;
        opened = true;
        preprocessing = Preprocessing.imageNet();
        thresholds = null;
    }

    /** Requires that the engine is still to be opened, since an open one has its settings. */
    private void checkNotOpened(String setting) {
        Preconditions.checkState(!opened, "%s cannot be set: the engine is open already", setting);
    }

    /**
     * Sets the engine by name; by default the fastest available engine on the class path.
     *
     * @throws IllegalStateException if the extractor is for an open engine
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder engine(String name) {
        checkNotOpened("engine");
        engine = name;
        return this;
    }

    /**
     * Sets the number format of the engine's arithmetic; float32 by default.
     *
     * @throws IllegalStateException if the extractor is for an open engine
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder precision(Precision newPrecision) {
        checkNotOpened("precision");
        precision = newPrecision;
        return this;
    }

    /**
     * Sets the accelerators by index, from 0; the first by default. Each holds the network and computes its own batches. A CPU
     * engine ignores a single index and rejects several.
     *
     * @throws IllegalStateException if the extractor is for an open engine
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder devices(int... indices) {
        checkNotOpened("devices");
        devices = Ints.asList(indices.clone());
        return this;
    }

    /**
     * Sets whether a feature is the mean of those of the image and its mirror, as in the paper; by default as the model's
     * preprocessing says, which is true but for some imported models.
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder flip(boolean on) {
        preprocessing = preprocessing.withFlip(on);
        return this;
    }

    /**
     * Sets the largest number of images per engine call; 16 by default. Buffers are sized to the images actually passed. A
     * single buffer cannot exceed 2 GiB; a larger batch is rejected.
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder batch(int images) {
        Preconditions.checkArgument(images >= 1, "batch must be at least 1, not %s", images);
        batch = images;
        return this;
    }

    /** Sets the interpolation that resizes images to the network's input; by default the model's, which is bilinear but for some imported
     * models. */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder resampling(Resampling filter) {
        preprocessing = preprocessing.withResampling(filter);
        return this;
    }

    /**
     * Sets the number of decoder threads, which decode and normalise images while the engine computes; by default one per
     * processor. Decoders pause when two batches are ready, so they take no more CPU time from the engine than decoding needs.
     * A GPU may need them all.
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder decoders(int threads) {
        Preconditions.checkArgument(threads >= 1, "decoders must be at least 1, not %s", threads);
        decoders = threads;
        return this;
    }

    /**
     * Opens the extractor.
     *
     * @throws io.github.mgn4j.engine.EngineException if there is no such engine here, or it lacks these devices
     */
    public FeatureExtractor build() {
        return new FeatureExtractor(opening.get(), preprocessing, batch, decoders, ImageDecoder::decode, thresholds);
    }
}
