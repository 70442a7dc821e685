package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Turns images of persons into feature vectors: decodes, resizes to the network's input, normalises, runs the network
 * and averages over the image and its mirror. Features are not normalised; compare them by Euclidean distance.
 *
 * <p>Thread-safe: one extractor serves all threads of an application; their calls share its engine and the number of
 * its decoders. The memory of batches is kept for the next call: as much as was in use at once. Close it to free the
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
    /** Most that the engine gains from at the same time. */
    private final int concurrency;

    private final ImageSource source;
    private final BufferPool buffers;
    /** Taken by the threads of all calls while they decode or normalise. */
    private final Semaphore processors;
    /** Calls with images in memory that have a buffer: enough for some to prepare while others compute. */
    private final Semaphore inMemory;
    /** Held for reading by calls with images in memory, for writing by {@link #close}. */
    private final ReadWriteLock calls = new ReentrantReadWriteLock();

    private volatile boolean closed;

    FeatureExtractor(Engine engine, boolean flip, int batch, Resampling resampling, int decoders, ImageSource source) {
        this.engine = engine;
        this.preprocessor = new Preprocessor(engine.spec().input(), resampling);
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

    /**
     * Features {@code [images, dims]} of images in memory.
     *
     * @throws IllegalArgumentException if they are more than an array holds
     */
    public FeatureMatrix extractImages(List<RgbImage> images) {
        float[] all = new float[values(images.size())];
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
     * Features {@code [images, dims]} of image files.
     *
     * @throws io.github.mgn4j.image.ImageException if one is not an image
     * @throws IllegalArgumentException if they are more than an array holds
     */
    public FeatureMatrix extract(List<Path> images) throws IOException {
        float[] all = new float[values(images.size())];
        AtomicInteger filled = new AtomicInteger();
        extract(
                images,
                OnError.FAIL,
                ExtractionListener.NONE,
                (image, row) -> System.arraycopy(row, 0, all, filled.getAndAdd(row.length), row.length));
        return FeatureMatrix.of(all, images.size(), dims());
    }

    /**
     * Extracts image files, batch after batch. Other threads, as many as there are decoders, prepare the next ones while
     * the engine computes, and the engine computes while {@code sink} is at work. Memory does not grow with the number of
     * images: there are two batches at most beside those that the engine computes at once, one or more on accelerators. When this returns or throws, its threads have ended.
     *
     * @param listener is told of images that are left out in their order, and may be told before {@code sink} receives the
     *     images before them
     * @param sink receives the features in the order of {@code images}
     * @throws io.github.mgn4j.image.ImageException if one is not an image, under {@link OnError#FAIL}; the full batches
     *     before it have gone to {@code sink}
     * @throws java.io.InterruptedIOException if the calling thread is interrupted
     */
    public void extract(List<Path> images, OnError onError, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        checkOpen();
        new FileExtraction(images, preprocessor, source, buffers, processors)
                .run(onError, decoders, concurrency, listener, sink);
    }

    private int values(int images) {
        long values = (long) images * dims();
        Preconditions.checkArgument(
                values <= Integer.MAX_VALUE - 8,
                "%s images of %s values each do not fit into one array; give them to a FeatureSink",
                images,
                dims());
        return (int) values;
    }

    private void checkOpen() {
        Preconditions.checkState(!closed, "the extractor is closed");
    }

    /**
     * Refuses further calls with an {@link IllegalStateException}, waits for those with images in memory, and frees the engine.
     * A list of files that is being extracted ends with such an exception at its next batch. May be called by any thread,
     * and again.
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
