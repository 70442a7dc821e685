package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.verify.Comparison;
import io.github.mgn4j.verify.VerificationException;
import io.github.mgn4j.verify.VerificationThresholds;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns images of persons into feature vectors: decodes an image, resizes it to the network's input, normalises it, runs
 * the network and averages the features of the image and its mirror. Features are not normalised. Compare them by Euclidean
 * distance, or with {@link #compare} if the model carries thresholds.
 *
 * <p>Thread-safe: one extractor serves all threads of an application; their calls share its engine and its decoder threads.
 * Batch buffers are pooled; the pool holds as many as were ever in use at the same time. Close the extractor to free the
 * engine's native memory.
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
    private final int decoders;
    /** The most concurrent calls that the engine benefits from. */
    private final int concurrency;

    private final ImageSource source;
    private final BufferPool buffers;
    /** Limits the threads of all calls that decode or normalise at the same time. */
    private final Semaphore processors;
    /**
     * Limits the calls with in-memory images that hold a buffer: some prepare images while others compute.
     */
    private final Semaphore inMemory;
    /** Read-locked by calls with in-memory images, write-locked by {@link #close}. */
    private final ReadWriteLock calls = new ReentrantReadWriteLock();

    private final boolean flip;
    private final @Nullable VerificationThresholds thresholds;

    private volatile boolean closed;

    /** Creates an extractor for a model without thresholds. */
    FeatureExtractor(Engine engine, boolean flip, int batch, Resampling resampling, int decoders, ImageSource source) {
        this(engine, Preprocessing.imageNet().withResampling(resampling).withFlip(flip), batch, decoders, source, null);
    }

    FeatureExtractor(
            Engine engine,
            Preprocessing preprocessing,
            int batch,
            int decoders,
            ImageSource source,
            @Nullable VerificationThresholds thresholds) {
        this.engine = engine;
        flip = preprocessing.flip();
        this.thresholds = thresholds;
        this.preprocessor = new Preprocessor(engine.inputSize(), preprocessing);
        this.decoders = decoders;
        this.source = source;
        concurrency = engine.concurrency();
        Preconditions.checkArgument(
                concurrency >= 1, "engine %s takes %s calls at once, must be 1 or more", engine.name(), concurrency);
        buffers = new BufferPool(
                batch,
                Engines.largestBatch(engine),
                capacity -> BatchBuffer.of(engine, preprocessor, flip, capacity, batch));
        processors = new Semaphore(decoders, true);
        inMemory = new Semaphore(2 * Math.max(decoders, concurrency), true);
    }

    /**
     * Opens a model file with the defaults of {@link #builder}.
     *
     * @throws io.github.mgn4j.model.WeightsException if the file is not a model
     * @throws IOException if the file cannot be read
     */
    public static FeatureExtractor open(Path modelFile) throws IOException {
        return of(ModelFile.load(modelFile));
    }

    /** Opens a model with the defaults of {@link #builder}. */
    public static FeatureExtractor of(Model model) {
        return builder(model).build();
    }

    /** Returns a builder of extractors for a model. */
    public static FeatureExtractorBuilder builder(Model model) {
        return new FeatureExtractorBuilder(model);
    }

    /**
     * Returns a builder of extractors for an engine that is open already, such as one for a network of another library. The
     * extractor owns the engine and closes it.
     */
    public static FeatureExtractorBuilder builder(Engine engine) {
        return new FeatureExtractorBuilder(engine);
    }

    /**
     * Returns the spec of the network.
     *
     * @throws UnsupportedOperationException if the engine's network has none
     */
    public MgnSpec spec() {
        return engine.spec();
    }

    /** Returns the name of the engine that runs the network. */
    public String engineName() {
        return engine.name();
    }

    /** Returns the length of a feature. */
    public int dims() {
        return engine.dims();
    }

    /**
     * Returns the features {@code [dims]} of an image file.
     *
     * @throws io.github.mgn4j.image.ImageException if the file is not an image
     * @throws IOException if the file cannot be read
     */
    public float[] extract(Path image) throws IOException {
        return extract(ImageDecoder.decode(image));
    }

    /**
     * Returns the features {@code [dims]} of an encoded image.
     *
     * @param image the stream, which is read to its end and not closed
     * @param name the image's name in error messages
     * @throws io.github.mgn4j.image.ImageException if the stream does not hold an image
     */
    public float[] extract(InputStream image, String name) throws IOException {
        return extract(ImageDecoder.decode(image, name));
    }

    /** Returns the features {@code [dims]} of an in-memory image. An alpha channel is dropped. */
    public float[] extract(BufferedImage image) {
        return extract(RgbImage.of(image));
    }

    /** Returns the features {@code [dims]} of an in-memory image. */
    public float[] extract(RgbImage image) {
        return extractImages(List.of(image)).row(0);
    }

    /**
     * Returns the features {@code [boxes, dims]} of the people in a frame, in the order of the boxes. A box is cut to the frame.
     *
     * @throws IllegalArgumentException if a box has no pixel in the frame, or the features exceed the size of an array
     */
    public FeatureMatrix extract(BufferedImage frame, List<Box> boxes) {
        return extractImages(Box.crops(frame, boxes));
    }

    /**
     * Returns the features of the people in several frames, one matrix per frame, as {@link #extract(BufferedImage, List)} does. The
     * boxes of all frames share batches: several cameras with few people each are as fast as one with many.
     *
     * @param boxes the boxes of each frame
     * @throws IllegalArgumentException if frames and lists of boxes differ in number, or as in the other method
     */
    public List<FeatureMatrix> extract(List<BufferedImage> frames, List<List<Box>> boxes) {
        Preconditions.checkArgument(
                frames.size() == boxes.size(),
                "%s frames have %s lists of boxes, expected one each",
                frames.size(),
                boxes.size());
        List<RgbImage> crops = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            crops.addAll(Box.crops(frames.get(i), boxes.get(i)));
        }
        FeatureMatrix all = extractImages(crops);
        List<FeatureMatrix> features = new ArrayList<>();
        int from = 0;
        for (List<Box> each : boxes) {
            features.add(all.select(IntStream.range(from, from + each.size()).toArray()));
            from += each.size();
        }
        return features;
    }

    /**
     * Returns the features {@code [images, dims]} of in-memory images.
     *
     * @throws IllegalArgumentException if the features exceed the size of an array
     */
    public FeatureMatrix extractImages(List<RgbImage> images) {
        float[] all = new float[FeatureCollector.values(images.size(), dims())];
        calls.readLock().lock();
        try {
            checkOpen();
            inMemory.acquireUninterruptibly();
            try {
                extract(images, all);
            } finally {
                inMemory.release();
            }
        } finally {
            calls.readLock().unlock();
        }
        return FeatureMatrix.of(all, images.size(), dims());
    }

    private void extract(List<RgbImage> images, float[] target) {
        BatchBuffer buffer = buffers.take(images.size());
        try {
            for (int from = 0; from < images.size(); from += buffer.capacity()) {
                int to = Math.min(from + buffer.capacity(), images.size());
                extract(images.subList(from, to), buffer, target, from * dims());
            }
        } finally {
            buffers.give(buffer);
        }
    }

    private void extract(List<RgbImage> images, BatchBuffer buffer, float[] target, int offset) {
        for (int i = 0; i < images.size(); i++) {
            buffer.prepare(i, preprocessor.resize(images.get(i)));
        }
        buffer.run(images.size());
        for (int i = 0; i < images.size(); i++) {
            buffer.features(i, target, offset + i * dims());
        }
    }

    /**
     * Returns the features {@code [images, dims]} of image files.
     *
     * @throws io.github.mgn4j.image.ImageException if a file is not an image
     * @throws IllegalArgumentException if the features exceed the size of an array
     */
    public FeatureMatrix extract(List<Path> images) throws IOException {
        FeatureCollector all = new FeatureCollector(images.size(), dims());
        extract(images, OnError.FAIL, ExtractionListener.NONE, all);
        return all.matrix();
    }

    /**
     * Extracts the features of image files, batch by batch. Decoder threads prepare the next images while the engine computes,
     * and the engine computes while {@code sink} runs. Memory does not grow with the number of images: at most two batches are
     * held besides those that the engine computes at once (one, or more on accelerators). All threads of the extraction have
     * ended when this method returns or throws.
     *
     * @param onError what to do about an image that cannot be read
     * @param listener receives the progress and the skipped images, in input order; a skipped image may be reported before
     *     {@code sink} receives the images before it
     * @param sink receives the features in the order of {@code images}
     * @throws io.github.mgn4j.image.ImageException if a file is not an image, under {@link OnError#FAIL}; {@code sink} has
     *     received the full batches before it
     * @throws java.io.InterruptedIOException if the calling thread is interrupted
     */
    public void extract(List<Path> images, OnError onError, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        checkOpen();
        new FileExtraction(images, preprocessor, source, buffers, processors)
                .run(onError, decoders, concurrency, listener, sink);
    }

    /**
     * Compares two image files at a false-accept rate of 0.001 and decides whether they show the same person.
     *
     * @throws io.github.mgn4j.image.ImageException if a file is not an image
     * @throws VerificationException as {@link #compare(float[], float[], double)}
     */
    public Comparison compare(Path a, Path b) throws IOException {
        return compare(a, b, VerificationThresholds.DEFAULT_RATE);
    }

    /**
     * Compares two image files at a false-accept rate, as {@link #compare(float[], float[], double)} does.
     */
    public Comparison compare(Path a, Path b, double falseAcceptRate) throws IOException {
        requireThresholds().at(falseAcceptRate); // fails before the images are processed
        return compare(extract(a), extract(b), falseAcceptRate);
    }

    /**
     * Compares two features of this extractor by the thresholds of its model.
     *
     * @param falseAcceptRate the largest acceptable fraction of pairs of different persons that are taken for the same person;
     *     the largest stored rate that does not exceed it is used
     * @throws VerificationException if the model carries no thresholds or none for such a rate, or if its thresholds and this
     *     extractor differ in flip averaging
     * @throws IllegalArgumentException if the features differ in length, or contain NaN or infinity
     */
    public Comparison compare(float[] a, float[] b, double falseAcceptRate) {
        return requireThresholds().compare(a, b, falseAcceptRate);
    }

    private VerificationThresholds requireThresholds() {
        VerificationThresholds required = VerificationThresholds.require(thresholds);
        if (required.flip() != flip) {
            throw new VerificationException(
                    "the model's thresholds are for features with flip %s, the extractor was built with flip %s"
                            .formatted(required.flip(), flip));
        }
        return required;
    }

    private void checkOpen() {
        Preconditions.checkState(!closed, "the extractor is closed");
    }

    /**
     * Closes the extractor and its engine. Waits for calls with in-memory images; later calls throw an
     * {@link IllegalStateException}. A running extraction of files throws such an exception at its next batch. Any thread may
     * call this method, and more than once.
     */
    @Override
    public void close() {
        closed = true;
        calls.writeLock().lock();
        try {
            engine.close();
        } finally {
            calls.writeLock().unlock();
        }
        buffers.close();
    }
}
