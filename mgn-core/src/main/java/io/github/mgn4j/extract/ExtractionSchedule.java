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
 * What the threads of one extraction have to agree on: which image is decoded next, which place of which batch it gets,
 * which batch is computed next, and what the caller is told. Images are decoded in any order and get their places in
 * theirs, so that batches are full although images may be left out. All of it is bounded by the buffers and {@code window}.
 */
final class ExtractionSchedule {
    private final Iterator<Path> images;
    private final OnError onError;
    private final int window;
    private final Queue<BatchBuffer> free;
    private final int mostSkipped;

    /** Images that have no place yet, in their order. */
    private final Deque<Image> unplaced = new ArrayDeque<>();
    /** Full batches that nobody computes yet, in their order; threads may still write to them. */
    private final Deque<Batch> full = new ArrayDeque<>();
    /** Batches before those, which are being computed or have been, in their order. */
    private final Deque<Batch> begun = new ArrayDeque<>();

    private final Deque<Skipped> skipped = new ArrayDeque<>();
    private @Nullable Batch filling;
    /** Images that have a place or are left out. */
    private int placed;
    /** No image gets a place any more. */
    private boolean exhausted;

    private @Nullable Throwable failure;

    /** Images that are computed together. */
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

        /** The image of each place. */
        List<Path> images() {
            return images;
        }

        /** How many images of the whole are done with when this batch is, left out ones included. */
        int done() {
            return done;
        }
    }

    /** An image that was left out. */
    record Skipped(Path image, Exception reason) {}

    /** A step of a worker. */
    sealed interface Work permits Image, Place {}

    /** To be decoded and given to {@link #decoded} or {@link #unreadable}. */
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

    /** To be written to its place, then given to {@link #written}. */
    record Place(Batch batch, int index, RgbImage image) implements Work {}

    /**
     * Begins with the first image.
     *
     * @param buffers all of one capacity
     * @param window most images that are decoded ahead of those that have a place
     */
    ExtractionSchedule(Collection<Path> images, OnError onError, Collection<BatchBuffer> buffers, int window) {
        this.images = images.iterator();
        this.onError = onError;
        this.window = window;
        free = new ArrayDeque<>(buffers);
        mostSkipped = window;
        exhausted = images.isEmpty();
    }

    /** What a worker does next; waits until there is something, null at the end. */
    synchronized @Nullable Work work() throws InterruptedException {
        while (!exhausted) {
            Work work = place();
            if (work == null && !exhausted && unplaced.size() < window && images.hasNext()) {
                Image next = new Image(images.next());
                unplaced.add(next);
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

    /** Gives the next image a place, if it is decoded and there is one; leaves out what cannot be read. */
    private @Nullable Place place() {
        Image next = unplaced.peek();
        while (next != null && next.problem != null && skipped.size() < mostSkipped) {
            if (onError == OnError.FAIL || !isOfTheImage(next.problem)) {
                end(next.problem);
                return null;
            }
            skipped.add(new Skipped(next.path, (Exception) next.problem));
            advance();
            next = unplaced.peek();
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

    /** The first image without a place has been dealt with. */
    private void advance() {
        unplaced.remove();
        placed++;
        boolean last = unplaced.isEmpty() && !images.hasNext();
        if (filling != null && (last || filling.images.size() == filling.buffer.capacity())) {
            filling.done = placed;
            full.add(filling);
            filling = null;
        }
        exhausted |= last;
        notifyAll(); // the next one may be ready, too
    }

    synchronized void decoded(Image image, RgbImage pixels) {
        image.decoded = pixels;
        wakeIfNext(image);
    }

    /** The image's turn to fail comes when those before it have their places. */
    synchronized void unreadable(Image image, Throwable problem) {
        image.problem = problem;
        wakeIfNext(image);
    }

    private void wakeIfNext(Image image) {
        if (image == unplaced.peek()) {
            notifyAll();
        }
    }

    synchronized void written(Place place) {
        place.batch.unwritten--;
        if (place.batch.unwritten == 0) {
            notifyAll();
        }
    }

    /** The next batch to be computed, and then given to {@link #computed} or {@link #failed}; waits for it, null at the end. */
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

    /** The engine failed on a batch: those before it are handed out, and none is begun any more. */
    synchronized void failed(Batch batch, Throwable problem) {
        batch.problem = problem;
        full.clear();
        exhaust();
    }

    /** Waits until the caller has something to be told, and notices an interrupt even if there is. */
    private void awaitNews() throws InterruptedException {
        while (skipped.isEmpty() && isComing()) {
            wait();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Whether the next batch's features are not there yet, but will be. */
    private boolean isComing() {
        Batch next = begun.peek();
        return next == null ? !full.isEmpty() || !exhausted : !next.computed && next.problem == null;
    }

    /** The next batch with features, null where there is none any more: the first one that the engine failed on is why. */
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
     * A batch whose features are there, to be given to {@link #delivered}; waits for one, null at the end.
     *
     * @param onSkip is told before of images that were left out
     */
    @Nullable
    Batch result(ExtractionListener onSkip) throws InterruptedException {
        while (true) {
            Skipped left;
            synchronized (this) {
                awaitNews();
                left = skipped.poll();
                if (left == null) {
                    return nextResult();
                }
                notifyAll();
            }
            onSkip.skipped(left.image, left.reason);
        }
    }

    /** The features have been taken from the batch's buffer, which serves the next one. */
    synchronized void delivered(Batch batch) {
        free.add(batch.buffer);
        notifyAll();
    }

    /** Why there were no more results; null where all is well. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }

    /** Nothing comes after the batches that are full. */
    private void end(Throwable reason) {
        failure = reason;
        exhaust();
    }

    private void exhaust() {
        exhausted = true;
        unplaced.clear();
        filling = null;
        notifyAll();
    }

    /** Nothing is begun any more. */
    synchronized void stop(Throwable reason) {
        full.clear();
        end(reason);
    }
}
