package io.github.mgn4j.extract;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.extract.ExtractionSchedule.Batch;
import io.github.mgn4j.extract.ExtractionSchedule.Image;
import io.github.mgn4j.extract.ExtractionSchedule.Place;
import io.github.mgn4j.extract.ExtractionSchedule.Work;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * One pass over a list of image files. Decoder threads decode, resize and normalise; compute threads only run the engine;
 * the calling thread delivers the features. An {@link ExtractionSchedule} coordinates them, and all end with the pass.
 */
final class FileExtraction {
    /**
     * Batches in memory besides those being computed: one that is being prepared, and one that is ready or being delivered,
     * which evens out the times.
     */
    static final int WAITING = 2;

    private final List<Path> images;
    private final Preprocessor preprocessor;
    private final ImageSource source;
    private final BufferPool pool;
    private final Semaphore processors;

    /**
     * Prepares a pass.
     *
     * @param processors shared with other passes; a thread holds one permit while it decodes or normalises
     */
    FileExtraction(
            List<Path> images, Preprocessor preprocessor, ImageSource source, BufferPool pool, Semaphore processors) {
        this.images = images;
        this.preprocessor = preprocessor;
        this.source = source;
        this.pool = pool;
        this.processors = processors;
    }

    /**
     * Runs the pass to its end. May be called once.
     *
     * @param calls the most concurrent engine calls
     */
    void run(OnError onError, int workers, int calls, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        if (images.isEmpty()) {
            return;
        }
        List<BatchBuffer> buffers = new ArrayList<>();
        try { // an allocation may fail: the buffers taken so far are given back
            do {
                buffers.add(pool.take(images.size()));
            } while (buffers.size() < calls + WAITING
                    && (long) buffers.size() * buffers.get(0).capacity() < images.size());
            int window = buffers.get(0).capacity() + workers;
            ExtractionSchedule schedule = new ExtractionSchedule(images, onError, buffers, window);
            run(schedule, workers, Math.min(calls, buffers.size()), listener, sink);
        } finally {
            buffers.forEach(pool::give);
        }
    }

    private void run(ExtractionSchedule schedule, int workers, int calls, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        List<Thread> engine = new ArrayList<>();
        List<Thread> decoders = new ArrayList<>();
        try {
            for (int i = 0; i < calls; i++) {
                engine.add(start("mgn-compute-" + i, () -> compute(schedule), schedule));
            }
            for (int i = 0; i < Math.min(workers, images.size()); i++) {
                decoders.add(start("mgn-decode-" + i, () -> work(schedule), schedule));
            }
            deliver(schedule, listener, sink);
        } finally {
            schedule.stop(new CancellationException("the extraction has ended"));
            decoders.forEach(Thread::interrupt); // engine threads are not interrupted: native code may not expect it
            decoders.forEach(Uninterruptibles::joinUninterruptibly);
            engine.forEach(Uninterruptibles::joinUninterruptibly);
        }
    }

    /** The work of a thread. */
    private interface Task {
        void run() throws InterruptedException;
    }

    private static Thread start(String name, Task task, ExtractionSchedule schedule) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable e) { // any failure must end the caller's wait
                        schedule.stop(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void compute(ExtractionSchedule schedule) throws InterruptedException {
        for (Batch batch = schedule.batch(); batch != null; batch = schedule.batch()) {
            try {
                batch.buffer().run(batch.images().size());
                schedule.computed(batch);
            } catch (Throwable e) { // thrown after the batches before it are delivered
                schedule.failed(batch, e);
            }
        }
    }

    private void work(ExtractionSchedule schedule) throws InterruptedException {
        for (Work work = schedule.work(); work != null; work = schedule.work()) {
            processors.acquire();
            try {
                if (work instanceof Place place) {
                    place.batch().buffer().prepare(place.index(), place.image());
                    schedule.written(place);
                } else if (work instanceof Image image) {
                    decode(image, schedule);
                }
            } finally {
                processors.release();
            }
        }
    }

    private void decode(Image image, ExtractionSchedule schedule) {
        try {
            schedule.decoded(image, preprocessor.resize(source.read(image.path())));
        } catch (Throwable e) { // takes effect after the images before it
            schedule.unreadable(image, named(image.path(), e));
        }
    }

    /** Returns the problem with a message that names the file. */
    private static Throwable named(Path image, Throwable problem) {
        String message = String.valueOf(problem.getMessage());
        String name = FileNames.text(image);
        if (problem instanceof OutOfMemoryError) {
            return new ImageException(name + ": out of memory: " + message, problem);
        }
        if (problem instanceof Error || message.contains(name)) {
            return problem;
        }
        if (problem instanceof IOException) {
            return new IOException(name + ": " + problem, problem);
        }
        return problem instanceof IllegalArgumentException
                ? new ImageException(name + ": " + message, problem)
                : new IllegalStateException(name + ": " + problem, problem);
    }

    private void deliver(ExtractionSchedule schedule, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        int done = 0;
        try {
            Batch batch = schedule.result(listener);
            while (batch != null) {
                List<float[]> rows = rows(batch);
                schedule.delivered(batch);
                for (int i = 0; i < rows.size(); i++) {
                    sink.accept(batch.images().get(i), rows.get(i));
                }
                done = batch.done();
                listener.progress(done, images.size());
                batch = schedule.result(listener);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted after " + done + " of " + images.size() + " images");
        }
        Throwable failure = schedule.failure();
        if (failure != null) {
            Throwables.throwIfInstanceOf(failure, IOException.class);
            Throwables.throwIfUnchecked(failure);
            throw new IllegalStateException(failure);
        }
        if (done < images.size()) {
            listener.progress(images.size(), images.size()); // the last images were skipped
        }
    }

    private static List<float[]> rows(Batch batch) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < batch.images().size(); i++) {
            float[] row = new float[batch.buffer().dims()];
            try {
                batch.buffer().features(i, row, 0);
            } catch (EngineException e) {
                throw new EngineException(batch.images().get(i) + ": " + e.getMessage(), e);
            }
            rows.add(row);
        }
        return rows;
    }
}
