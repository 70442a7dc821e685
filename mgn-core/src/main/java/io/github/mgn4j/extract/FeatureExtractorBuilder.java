package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import com.google.common.primitives.Ints;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Model;
import java.util.List;

/** Says how a {@link FeatureExtractor} is to work. Not thread-safe. */
public final class FeatureExtractorBuilder {
    private static final int DEFAULT_BATCH = 16;

    private final Model model;
    private String engine = Engines.AUTO;
    private Precision precision = Precision.FP32;
    private List<Integer> devices = List.of(0);
    private boolean flip = true;
    private int batch = DEFAULT_BATCH;
    private Resampling resampling = Resampling.BILINEAR;
    private int decoders = Runtime.getRuntime().availableProcessors();

    FeatureExtractorBuilder(Model model) {
        this.model = model;
    }

    /** Name of the engine; by default the fastest on the class path. */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder engine(String name) {
        engine = name;
        return this;
    }

    @CanIgnoreReturnValue
    public FeatureExtractorBuilder precision(Precision newPrecision) {
        precision = newPrecision;
        return this;
    }

    /**
     * The accelerators that compute, from 0, the first by default: each has the network and computes batches of its own.
     * Engines on the processor ignore a single one and refuse more.
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder devices(int... indices) {
        devices = Ints.asList(indices.clone());
        return this;
    }

    /** Whether a feature is the mean of the image's and its mirror's, as in the paper; on by default. */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder flip(boolean on) {
        flip = on;
        return this;
    }

    /**
     * Most images per call of the engine, 16 by default. Memory is taken for as many as there are; that much is limited to
     * 2 GiB, and extractions of more say so.
     */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder batch(int images) {
        Preconditions.checkArgument(images >= 1, "batch must be at least 1, not %s", images);
        batch = images;
        return this;
    }

    /** How images are resized to the network's input; bilinear by default. */
    @CanIgnoreReturnValue
    public FeatureExtractorBuilder resampling(Resampling filter) {
        resampling = filter;
        return this;
    }

    /**
     * Most images that are decoded or normalised at once, on threads that do so while the engine computes; by default one
     * for every processor. They rest when two batches are ready, so that an engine on the CPU loses what the decoding takes
     * and no more; a GPU may need them all.
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
     * @throws io.github.mgn4j.engine.EngineException if there is no such engine here, or it has not these devices
     */
    public FeatureExtractor build() {
        Engine opened = Engines.open(engine, model, new EngineOptions(precision, batch), devices);
        return new FeatureExtractor(opened, flip, batch, resampling, decoders, ImageDecoder::decode);
    }
}
