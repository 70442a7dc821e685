package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins the features of several networks: the feature of an image is that of the first network, followed by that of the
 * second, and so on. This is how the paper's ablation joins three single-branch networks (G+P2+P3). Each network resizes and
 * normalises the image as it needs it.
 *
 * <p>Thread-safe like {@link FeatureExtractor}. Closing it closes the joined extractors.
 *
 * <pre>{@code
 * try (JoinedExtractor joined = JoinedExtractor.of(List.of(global, part2, part3), true)) {
 *     float[] feature = joined.extract(Path.of("0002_c1s1_000451_03.jpg"));
 * }
 * }</pre>
 */
public final class JoinedExtractor implements AutoCloseable {
    /** Images that pass through one network before the next takes them. */
    private static final int WINDOW = 256;

    private final List<FeatureExtractor> extractors;
    private final boolean normalise;
    private final int dims;

    private JoinedExtractor(List<FeatureExtractor> extractors, boolean normalise) {
        Preconditions.checkArgument(!extractors.isEmpty(), "no extractors to join, expected at least one");
        this.extractors = List.copyOf(extractors);
        this.normalise = normalise;
        dims = extractors.stream().mapToInt(FeatureExtractor::dims).reduce(0, Math::addExact);
    }

    /**
     * Joins extractors, which this one closes.
     *
     * @param normalise whether each network's feature is divided by its Euclidean length before the features are joined, so
     *     that each network has the same share of a distance; a feature of zeros stays as it is
     * @throws IllegalArgumentException if there is no extractor
     */
    public static JoinedExtractor of(List<FeatureExtractor> extractors, boolean normalise) {
        return new JoinedExtractor(extractors, normalise);
    }

    /**
     * Opens model files with the defaults of {@link FeatureExtractor#open} and joins them.
     *
     * @param normalise see {@link #of}
     * @throws IllegalArgumentException if there is no file
     * @throws io.github.mgn4j.model.WeightsException if a file is not a model
     * @throws IOException if a file cannot be read
     */
    public static JoinedExtractor open(List<Path> modelFiles, boolean normalise) throws IOException {
        List<FeatureExtractor> opened = new ArrayList<>();
        try {
            for (Path file : modelFiles) {
                opened.add(FeatureExtractor.open(file));
            }
            return of(opened, normalise);
        } catch (IOException | RuntimeException | Error e) {
            closeAll(opened);
            throw e;
        }
    }

    /** Returns the length of a joined feature: the sum of the networks' lengths. */
    public int dims() {
        return dims;
    }

    /** Returns the joined extractors in the order of their features. */
    public List<FeatureExtractor> extractors() {
        return extractors;
    }

    /** Returns whether each network's feature is divided by its Euclidean length. */
    public boolean normalises() {
        return normalise;
    }

    /**
     * Returns the joined feature {@code [dims]} of an image file.
     *
     * @throws io.github.mgn4j.image.ImageException if the file is not an image
     * @throws IOException if the file cannot be read
     */
    public float[] extract(Path image) throws IOException {
        return extract(ImageDecoder.decode(image));
    }

    /** Returns the joined feature {@code [dims]} of an in-memory image. An alpha channel is dropped. */
    public float[] extract(BufferedImage image) {
        return extract(RgbImage.of(image));
    }

    /** Returns the joined feature {@code [dims]} of an in-memory image. */
    public float[] extract(RgbImage image) {
        return extractImages(List.of(image)).row(0);
    }

    /**
     * Returns the joined features {@code [images, dims]} of in-memory images.
     *
     * @throws IllegalArgumentException if the features exceed the size of an array
     */
    public FeatureMatrix extractImages(List<RgbImage> images) {
        float[] all = new float[FeatureCollector.values(images.size(), dims)];
        int from = 0;
        for (FeatureExtractor extractor : extractors) {
            FeatureMatrix features = extractor.extractImages(images);
            place(normalise ? features.normalized() : features, all, from);
            from += extractor.dims();
        }
        return FeatureMatrix.of(all, images.size(), dims);
    }

    /**
     * Returns the joined features {@code [images, dims]} of image files.
     *
     * @throws io.github.mgn4j.image.ImageException if a file is not an image
     * @throws IllegalArgumentException if the features exceed the size of an array
     */
    public FeatureMatrix extract(List<Path> images) throws IOException {
        FeatureCollector all = new FeatureCollector(images.size(), dims);
        extract(images, OnError.FAIL, ExtractionListener.NONE, all);
        return all.matrix();
    }

    /**
     * Extracts the joined features of image files, a few hundred images at a time, so that memory does not grow with their
     * number. Each network decodes the images for itself. An image that one network cannot read is skipped for all.
     *
     * @param onError what to do about an image that cannot be read
     * @param listener receives the progress, and each skipped image once
     * @param sink receives the joined features in the order of {@code images}
     * @throws io.github.mgn4j.image.ImageException if a file is not an image, under {@link OnError#FAIL}
     * @throws java.io.InterruptedIOException if the calling thread is interrupted
     */
    public void extract(List<Path> images, OnError onError, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        for (int from = 0; from < images.size(); from += WINDOW) {
            List<Path> window = images.subList(from, Math.min(images.size(), from + WINDOW));
            JoinedRows rows = new JoinedRows(window, dims);
            int offset = 0;
            for (int i = 0; i < extractors.size(); i++) {
                long before = (long) from * extractors.size() + (long) i * window.size();
                extractors
                        .get(i)
                        .extract(
                                window,
                                onError,
                                rows.listener(
                                        listener,
                                        done -> listener.progress(
                                                (int) ((before + done) / extractors.size()), images.size())),
                                rows.from(offset, normalise));
                offset += extractors.get(i).dims();
            }
            rows.write(sink, extractors.size());
        }
    }

    private void place(FeatureMatrix features, float[] all, int from) {
        for (int row = 0; row < features.rows(); row++) {
            System.arraycopy(features.data(), row * features.dims(), all, row * dims + from, features.dims());
        }
    }

    /** Closes the joined extractors, as {@link FeatureExtractor#close} does. */
    @Override
    public void close() {
        closeAll(extractors);
    }

    /** Closes every extractor, even if one fails to close. */
    private static void closeAll(List<FeatureExtractor> extractors) {
        RuntimeException failure = null;
        for (FeatureExtractor extractor : extractors) {
            try {
                extractor.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
