package io.github.mgn4j.extract;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.ModelFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns images of persons into feature vectors: decodes, resizes to the network's input, normalises, runs the network
 * and averages over the image and its mirror. Features are not normalised; compare them by Euclidean distance.
 *
 * <p>Thread-safe: one extractor serves all threads of an application; their calls share its engine. Close it to free
 * the engine's native memory.
 *
 * <pre>{@code
 * try (FeatureExtractor extractor = FeatureExtractor.open(Path.of("mgn.safetensors"))) {
 *     float[] feature = extractor.extract(Path.of("0002_c1s1_000451_03.jpg"));
 * }
 * }</pre>
 */
public final class FeatureExtractor implements AutoCloseable {
    private final Engine engine;
    private final Preprocessor preprocessor;
    private final boolean flip;
    private final int batch;
    private final int decoders;

    FeatureExtractor(Engine engine, boolean flip, int batch, Resampling resampling, int decoders) {
        this.engine = engine;
        this.preprocessor = new Preprocessor(engine.spec().input(), resampling);
        this.flip = flip;
        this.batch = batch;
        this.decoders = decoders;
    }

    /**
     * Opens a model file with the defaults of {@link #builder}.
     *
     * @throws io.github.mgn4j.weights.WeightsException if the file is not a model
     */
    public static FeatureExtractor open(Path modelFile) throws IOException {
        return builder(ModelFile.load(modelFile)).build();
    }

    /** Begins an extractor for a model. */
    public static FeatureExtractorBuilder builder(Model model) {
        return new FeatureExtractorBuilder(model);
    }

    /** The network. */
    public MgnSpec spec() {
        return engine.spec();
    }

    /** Name of the engine that runs it. */
    public String engineName() {
        return engine.name();
    }

    /** Length of a feature: {@link MgnSpec#dims()}. */
    public int dims() {
        return spec().dims();
    }

    /**
     * Features {@code [dims]} of an image file.
     *
     * @throws io.github.mgn4j.image.ImageException if it is not an image
     */
    public float[] extract(Path image) throws IOException {
        return extract(ImageDecoder.decode(image));
    }

    /**
     * Features {@code [dims]} of an encoded image.
     *
     * @param name what errors call it
     */
    public float[] extract(InputStream image, String name) throws IOException {
        return extract(ImageDecoder.decode(image, name));
    }

    /** Features {@code [dims]} of an image in memory; an alpha channel is dropped. */
    public float[] extract(BufferedImage image) {
        return extract(RgbImage.of(image));
    }

    /** Features {@code [dims]} of an image in memory. */
    public float[] extract(RgbImage image) {
        return extractImages(List.of(image)).row(0);
    }

    /** Features {@code [images, dims]} of images in memory. */
    public FeatureMatrix extractImages(List<RgbImage> images) {
        FeatureBatch buffer = new FeatureBatch(engine, preprocessor, flip, Math.min(batch, Math.max(1, images.size())));
        List<float[]> rows = new ArrayList<>();
        for (RgbImage image : images) {
            buffer.add(preprocessor.resize(image));
            if (buffer.isFull()) {
                rows.addAll(buffer.run());
            }
        }
        rows.addAll(buffer.run());
        return matrix(rows);
    }

    /**
     * Features {@code [images, dims]} of image files.
     *
     * @throws io.github.mgn4j.image.ImageException if one is not an image
     */
    public FeatureMatrix extract(List<Path> images) throws IOException {
        List<float[]> rows = new ArrayList<>();
        extract(images, OnError.FAIL, ExtractionListener.NONE, (image, row) -> rows.add(row));
        return matrix(rows);
    }

    /**
     * Extracts image files one batch after the other, decoding ahead on other threads; memory does not grow with the
     * number of images.
     *
     * @param sink receives the features in the order of {@code images}
     */
    public void extract(List<Path> images, OnError onError, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        FeatureBatch buffer = new FeatureBatch(engine, preprocessor, flip, Math.min(batch, Math.max(1, images.size())));
        List<Path> pending = new ArrayList<>();
        try (DecodeAhead decoded = new DecodeAhead(images, preprocessor, decoders, window(images.size()))) {
            for (int i = 0; i < images.size(); i++) {
                try {
                    buffer.add(decoded.next());
                    pending.add(images.get(i));
                } catch (IllegalArgumentException | IOException e) {
                    if (onError == OnError.FAIL) {
                        throw e;
                    }
                    listener.skipped(images.get(i), e);
                }
                if (buffer.isFull() || i == images.size() - 1) {
                    drain(buffer, pending, sink);
                    listener.progress(i + 1, images.size());
                }
            }
        }
    }

    /** How many images are decoded ahead: the next batch while one is computed. */
    private int window(int images) {
        return 2 * Math.min(batch, images) + decoders;
    }

    private static void drain(FeatureBatch buffer, List<Path> pending, FeatureSink sink) throws IOException {
        List<float[]> rows = buffer.run();
        for (int i = 0; i < rows.size(); i++) {
            sink.accept(pending.get(i), rows.get(i));
        }
        pending.clear();
    }

    private FeatureMatrix matrix(List<float[]> rows) {
        float[] all = new float[Math.multiplyExact(rows.size(), dims())];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * dims(), dims());
        }
        return FeatureMatrix.of(all, rows.size(), dims());
    }

    @Override
    public void close() {
        engine.close();
    }
}
