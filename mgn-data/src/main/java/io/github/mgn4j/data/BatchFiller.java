package io.github.mgn4j.data;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, augments and writes the images of one identity in a batch, and replaces unreadable ones. The result depends only on
 * the files, the seed and the position in the stream. Thread-safe.
 */
final class BatchFiller {
    private static final Logger log = LoggerFactory.getLogger(BatchFiller.class);
    private static final long AUGMENTATION = 0x41756721L;

    private final ImageCache images;
    private final IdentityIndex index;
    private final Preprocessor preprocessor;
    private final Augmentation augmentation;
    private final Layout layout;
    private final long seed;
    private final OnError onError;
    private final Map<Integer, UnreadableImage> unreadable = new ConcurrentSkipListMap<>();

    BatchFiller(
            ImageCache images,
            IdentityIndex index,
            Preprocessor preprocessor,
            Augmentation augmentation,
            Layout layout,
            long seed,
            OnError onError) {
        this.images = images;
        this.index = index;
        this.preprocessor = preprocessor;
        this.augmentation = augmentation;
        this.layout = layout;
        this.seed = seed;
        this.onError = onError;
    }

    /** Returns the images that could not be read so far, in the order of the data set. */
    Collection<UnreadableImage> unreadable() {
        return unreadable.values();
    }

    /**
     * Writes the images of one identity.
     *
     * @param chosen the images of the whole batch
     * @param from index of the identity's first image in the batch
     * @param to index after its last image
     */
    void fill(long epoch, int position, int[] chosen, int from, int to, FloatBuffer buffer) throws IOException {
        int[] group = IntStream.range(from, to).map(i -> chosen[i]).toArray();
        for (int i = from; i < to; i++) {
            if (Thread.interrupted()) {
                throw new InterruptedIOException("the loader is closed");
            }
            RgbImage image = read(group, i - from);
            TrainingSample sample = augmentation.apply(
                    new TrainingSample(image, false), Seeds.random(seed, AUGMENTATION, epoch, position, i));
            DatasetException.check(
                    sample.image().width() == image.width() && sample.image().height() == image.height(),
                    "an augmentation returned an image of %sx%s pixels, expected the %sx%s that it was given",
                    sample.image().width(),
                    sample.image().height(),
                    image.width(),
                    image.height());
            preprocessor.write(sample.image(), sample.mirrored(), layout, buffer, i * preprocessor.length());
        }
    }

    /**
     * Returns an image of the group; if it cannot be read, another image of the identity replaces it in the group.
     */
    private RgbImage read(int[] group, int i) throws IOException {
        if (onError == OnError.FAIL) {
            return images.get(group[i]);
        }
        int first = group[i];
        RgbImage image = readOrNote(first);
        // The identity's next image outside the batch, else its next image.
        for (int pass = 0; image == null && pass < 2; pass++) {
            int label = index.label(first);
            int place = index.place(first);
            for (int step = 1; image == null && step < index.count(label); step++) {
                int next = index.member(label, (place + step) % index.count(label));
                if (pass == 1 || IntStream.of(group).noneMatch(other -> other == next)) {
                    image = readOrNote(next);
                    group[i] = image == null ? first : next;
                }
            }
        }
        if (image == null) {
            UnreadableImage why = unreadable.get(first);
            throw new DatasetException(String.format(
                    "none of the %s images of identity %s can be read: %s",
                    index.count(index.label(first)),
                    index.pid(index.label(first)),
                    why == null ? images.image(first).path() : why.reason()));
        }
        return image;
    }

    private @Nullable RgbImage readOrNote(int image) throws IOException {
        if (unreadable.containsKey(image)) {
            return null;
        }
        try {
            return images.get(image);
        } catch (IOException | IllegalArgumentException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e; // the loader is being closed: the file may be fine
            }
            UnreadableImage note = UnreadableImage.of(images.image(image), e);
            if (unreadable.putIfAbsent(image, note) == null) {
                log.debug("left out: {}", note.reason());
            }
            return null;
        }
    }
}
