package io.github.mgn4j.extract;

import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The shared state of one extraction: which image is decoded next, which slot of which batch it gets, which batch is
 * computed next, and what the listener receives. Images are decoded in any order but assigned to batch slots in input
 * order, so batches are full even if images are skipped. The buffers and {@code window} bound the memory.
 */
final class ExtractionSchedule {
    private final Iterator<Path> images;
    private final OnError onError;
    private final int window;
    private final Queue<BatchBuffer> free;
    private final int maxSkipped;

    /** Images without a slot, in input order. */
    private final Deque<Image> waiting = new ArrayDeque<>();
    /** Full batches that are not being computed yet, in input order; threads may still write to them. */
    private final Deque<Batch> full = new ArrayDeque<>();
    /** Earlier batches, whose computation has started or ended, in input order. */
    private final Deque<Batch> begun = new ArrayDeque<>();

    private final Deque<Skipped> skipped = new ArrayDeque<>();
    private @Nullable Batch filling;
    /** The number of images that have a slot or are skipped. */
    private int placed;
    /** Whether no further image gets a slot. */
    private boolean exhausted;

    private @Nullable Throwable failure;

    /** A group of images that the engine computes together. */
    static final class Batch {
        private final BatchBuffer buffer;
        private final List<Path> images = new ArrayList<>();
        private int unwritten;
        private int done;
        private boolean computed;
        private @Nullable Throwable problem;

        private Batch(BatchBuffer buffer) {
            this.buffer = buffer;
        }

        BatchBuffer buffer() {
            return buffer;
        }

        /** Returns the image in each slot. */
        List<Path> images() {
            return images;
        }

        /** Returns the number of images processed once this batch is done, including skipped ones. */
        int done() {
            return done;
        }
    }

    /** An image that was skipped. */
    record Skipped(Path image, Exception reason) {}

    /** A unit of work for a decoder thread. */
    sealed interface Work permits Image, Place {}

    /** An image to decode; the result goes to {@link #decoded} or {@link #unreadable}. */
    static final class Image implements Work {
        private final Path path;
        private @Nullable RgbImage decoded;
        private @Nullable Throwable problem;

        private Image(Path path) {
            this.path = path;
        }

        Path path() {
            return path;
        }
    }

    /** An image to write to its slot, followed by a call of {@link #written}. */
    record Place(Batch batch, int index, RgbImage image) implements Work {}

    /**
     * Creates a schedule that starts with the first image.
     *
     * @param buffers the batch buffers, all of one capacity
     * @param window the most images that are decoded ahead of the next one to get a slot
     */
    ExtractionSchedule(Collection<Path> images, OnError onError, Collection<BatchBuffer> buffers, int window) {
        this.images = images.iterator();
        this.onError = onError;
        this.window = window;
        free = new ArrayDeque<>(buffers);
        maxSkipped = window;
        exhausted = images.isEmpty();
    }

    /** Returns the next unit of work, waiting if necessary; null at the end. */
    synchronized @Nullable Work work() throws InterruptedException {
        while (!exhausted) {
            Work work = place();
            if (work == null && !exhausted && waiting.size() < window && images.hasNext()) {
                Image next = new Image(images.next());
                waiting.add(next);
                work = next;
            }
            if (work != null) {
                return work;
            }
            if (!exhausted) {
                wait();
            }
        }
        return null;
    }

    /** Assigns a slot to the next image if it is decoded and a slot is free; skips unreadable images. */
    private @Nullable Place place() {
        Image next = waiting.peek();
        while (next != null && next.problem != null && skipped.size() < maxSkipped) {
            if (onError == OnError.FAIL || !isOfTheImage(next.problem)) {
                end(next.problem);
                return null;
            }
            skipped.add(new Skipped(next.path, (Exception) next.problem));
            advance();
            next = waiting.peek();
        }
        if (next == null || next.decoded == null) {
            return null;
        }
        if (filling == null) {
            BatchBuffer buffer = free.poll();
            if (buffer == null) {
                return null;
            }
            filling = new Batch(buffer);
        }
        Batch batch = filling;
        Place place = new Place(batch, batch.images.size(), next.decoded);
        batch.images.add(next.path);
        batch.unwritten++;
        advance();
        return place;
    }

    private static boolean isOfTheImage(Throwable problem) {
        return problem instanceof IllegalArgumentException || problem instanceof IOException;
    }

    /** Removes the first image without a slot, which is now placed or skipped. */
    private void advance() {
        waiting.remove();
        placed++;
        boolean last = waiting.isEmpty() && !images.hasNext();
        if (filling != null && (last || filling.images.size() == filling.buffer.capacity())) {
            filling.done = placed;
            full.add(filling);
            filling = null;
        }
        exhausted |= last;
        notifyAll(); // the next image may be ready, too
    }

    synchronized void decoded(Image image, RgbImage pixels) {
        image.decoded = pixels;
        wakeIfNext(image);
    }

    /** Records a failed image. The failure takes effect once all earlier images have their slots. */
    synchronized void unreadable(Image image, Throwable problem) {
        image.problem = problem;
        wakeIfNext(image);
    }

    private void wakeIfNext(Image image) {
        if (image == waiting.peek()) {
            notifyAll();
        }
    }

    synchronized void written(Place place) {
        place.batch.unwritten--;
        if (place.batch.unwritten == 0) {
            notifyAll();
        }
    }

    /**
     * Returns the next batch to compute, waiting if necessary; null at the end. The outcome goes to {@link #computed} or
     * {@link #failed}.
     */
    synchronized @Nullable Batch batch() throws InterruptedException {
        while (true) {
            Batch next = full.peek();
            if (next == null && exhausted) {
                return null;
            }
            if (next != null && next.unwritten == 0) {
                begun.add(full.remove());
                return next;
            }
            wait();
        }
    }

    synchronized void computed(Batch batch) {
        batch.computed = true;
        notifyAll();
    }

    /**
     * Records that the engine failed on a batch. Earlier batches are still delivered, and no other is started.
     */
    synchronized void failed(Batch batch, Throwable problem) {
        batch.problem = problem;
        full.clear();
        exhaust();
    }

    /** Waits for a result or a skipped image. An interrupt takes effect even if there is one already. */
    private void awaitNews() throws InterruptedException {
        while (skipped.isEmpty() && isComing()) {
            wait();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Returns whether the next batch's features are still to come. */
    private boolean isComing() {
        Batch next = begun.peek();
        return next == null ? !full.isEmpty() || !exhausted : !next.computed && next.problem == null;
    }

    /**
     * Returns the next batch with features; null at the end or at the first batch that the engine failed on.
     */
    private @Nullable Batch nextResult() {
        Batch next = begun.poll();
        if (next == null || next.problem == null) {
            return next;
        }
        begun.clear();
        failure = next.problem;
        return null;
    }

    /**
     * Returns the next batch with features, waiting if necessary; null at the end. The batch goes to {@link #delivered}
     * afterwards.
     *
     * @param onSkip receives the images that were skipped before
     */
    @Nullable
    Batch result(ExtractionListener onSkip) throws InterruptedException {
        while (true) {
            Skipped next;
            synchronized (this) {
                awaitNews();
                next = skipped.poll();
                if (next == null) {
                    return nextResult();
                }
                notifyAll();
            }
            onSkip.skipped(next.image, next.reason);
        }
    }

    /** Recycles the buffer of a batch whose features have been copied. */
    synchronized void delivered(Batch batch) {
        free.add(batch.buffer);
        notifyAll();
    }

    /** Returns why the results ended early; null if they did not. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }

    /** Ends the extraction after the batches that are full. */
    private void end(Throwable reason) {
        failure = reason;
        exhaust();
    }

    private void exhaust() {
        exhausted = true;
        waiting.clear();
        filling = null;
        notifyAll();
    }

    /** Stops the extraction: no new work is started. */
    synchronized void stop(Throwable reason) {
        full.clear();
        end(reason);
    }
}
