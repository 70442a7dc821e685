package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.engine.internal.Variants;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * Finds the activation ranges for 8-bit arithmetic: runs images through the network in float32 and records every map. A
 * range ends where rounding and clipping together have the least squared error over all images. Maps that features are
 * pooled from are not clipped, because the pooling takes their largest values. Used by one thread.
 */
public final class Calibration implements AutoCloseable {
    /** Number of images that suffices. With more, the ranges hardly change. */
    public static final int ENOUGH_IMAGES = 256;

    private final Model model;
    private final Network network;
    private final Resources resources = new Resources();
    private final dnnl_stream stream;
    private final Plan plan;
    private final Map<String, MagnitudeHistogram> magnitudes = new LinkedHashMap<>();
    private int images;

    /**
     * Creates a calibration of a model.
     *
     * @throws io.github.mgn4j.engine.EngineException if oneDNN is not available on this machine
     */
    public Calibration(Model model) {
        OneDnnEngineProvider.requireNatives();
        this.model = model;
        Variants.check(new OneDnnEngineProvider(), model.spec(), Precision.INT8);
        network = Network.of(model);
        try {
            dnnl_engine engine = Dnnl.engine(resources);
            stream = Dnnl.stream(engine, resources);
            plan = NativeThread.call(() -> {
                PackedWeights weights =
                        resources.own(new PackedWeights(model.weights(), engine, stream), PackedWeights::close);
                return resources.own(
                        PlanCompiler.compile(
                                network, weights, PrecisionPolicy.FP32.types(network), 1, OpenMp.cores(), engine),
                        Plan::close);
            });
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    /**
     * Calibrates a model on images.
     *
     * @param model the model
     * @param images image files similar to those that features will be extracted from
     * @param progress called after each image
     * @return the model with its ranges, to be saved with {@link io.github.mgn4j.checkpoint.ModelFile#save}
     * @throws io.github.mgn4j.model.WeightsException if there are no images
     * @throws io.github.mgn4j.engine.EngineException if oneDNN is not available on this machine
     * @throws IllegalArgumentException if a file is not an image; the message names it
     * @throws IOException if a file cannot be read
     */
    public static Model calibrate(Model model, List<Path> images, ProgressListener progress) throws IOException {
        Preprocessor preprocessor = new Preprocessor(model.spec().input(), model.preprocessing());
        FloatBuffer input = Buffers.allocate(preprocessor.length());
        try (Calibration calibration = new Calibration(model)) {
            for (int i = 0; i < images.size(); i++) {
                preprocessor.write(ImageDecoder.decode(images.get(i)), false, calibration.inputLayout(), input, 0);
                calibration.add(input);
                progress.progress(i + 1, images.size());
            }
            return calibration.calibrated();
        }
    }

    /**
     * Returns the images of a folder and its sub-folders, or {@code limit} of them, evenly spread.
     *
     * @param folder the folder
     * @param limit at least 1; {@link #ENOUGH_IMAGES} suffice
     * @throws IOException if the folder cannot be read
     */
    public static List<Path> images(Path folder, int limit) throws IOException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        List<Path> all = ImageFiles.list(folder);
        int count = Math.min(limit, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    /** Returns the layout of the images that {@link #add} takes. */
    public Layout inputLayout() {
        return Layout.NHWC;
    }

    /** Returns the network's specification. */
    public MgnSpec spec() {
        return model.spec();
    }

    /**
     * Records the maps of one image.
     *
     * @param image normalised, in {@link #inputLayout()}, read from position 0
     */
    public void add(FloatBuffer image) {
        InputSize input = spec().input();
        FloatBuffer single = image.duplicate().position(0).limit(3 * input.height() * input.width());
        NativeThread.run(() -> plan.observe(
                stream,
                single,
                network.images(),
                (value, map) -> magnitudes
                        .computeIfAbsent(value.name(), name -> new MagnitudeHistogram())
                        .add(map)));
        images++;
    }

    /**
     * Returns the model with the ranges of the images so far.
     *
     * @throws io.github.mgn4j.model.WeightsException if there were no images
     */
    public Model calibrated() {
        Map<String, Float> bounds = new LinkedHashMap<>();
        magnitudes.forEach((name, histogram) -> bounds.put(name, bound(name, histogram)));
        return model.withRanges(new ActivationRanges(images, bounds));
    }

    private float bound(String name, MagnitudeHistogram histogram) {
        boolean pooled = network.ops().stream()
                .anyMatch(op -> op instanceof Network.Feature feature
                        && feature.input().name().equals(name));
        return pooled
                ? Math.max(histogram.largest(), Float.MIN_NORMAL)
                : histogram.leastSquares(network.isSigned(name) ? 127 : 255);
    }

    @Override
    public void close() {
        NativeThread.run(resources::close);
    }
}
