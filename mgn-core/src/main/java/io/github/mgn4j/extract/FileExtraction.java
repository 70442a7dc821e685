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
 * One pass over a list of image files, by threads that live as long as it: workers decode, resize and normalise, others
 * run the engine and do nothing else, and the caller's hands out the features. An {@link ExtractionSchedule} tells them what to do.
 */
final class FileExtraction {
    /** Batches in memory beside those that are computed: one is prepared, one that is ready or handed out evens out the times. */
    static final int WAITING = 2;

    private final List<Path> images;
    private final Preprocessor preprocessor;
    private final ImageSource source;
    private final BufferPool pool;
    private final Semaphore processors;

    /**
     * Prepares a pass.
     *
     * @param processors shared with other passes; a worker holds one while it is busy
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
     * Runs it to its end; once.
     *
     * @param calls most of the engine that are made at the same time
     */
    void run(OnError onError, int workers, int calls, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        if (images.isEmpty()) {
            return;
        }
        List<BatchBuffer> buffers = new ArrayList<>();
        try { // memory may be exhausted with the second one: the first is given back
            do {
                buffers.add(pool.take(images.size()));
            } while (buffers.size() < calls + WAITING
                    && (long) buffers.size() * buffers.get(0).capacity() < images.size());
            int window = buffers.get(0).capacity() + workers;
            ExtractionSchedule assembly = new ExtractionSchedule(images, onError, buffers, window);
            run(assembly, workers, Math.min(calls, buffers.size()), listener, sink);
        } finally {
            buffers.forEach(pool::give);
        }
    }

    private void run(ExtractionSchedule assembly, int workers, int calls, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        List<Thread> engine = new ArrayList<>();
        List<Thread> decoders = new ArrayList<>();
        try {
            for (int i = 0; i < calls; i++) {
                engine.add(start("mgn-compute-" + i, () -> compute(assembly), assembly));
            }
            for (int i = 0; i < Math.min(workers, images.size()); i++) {
                decoders.add(start("mgn-decode-" + i, () -> work(assembly), assembly));
            }
            deliver(assembly, listener, sink);
        } finally {
            assembly.stop(new CancellationException("the extraction has ended"));
            decoders.forEach(Thread::interrupt); // not the engine's: it may not expect that
            decoders.forEach(Uninterruptibles::joinUninterruptibly);
            engine.forEach(Uninterruptibles::joinUninterruptibly);
        }
    }

    /** What a thread of the pass does. */
    private interface Task {
        void run() throws InterruptedException;
    }

    private static Thread start(String name, Task task, ExtractionSchedule assembly) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable e) { // whatever it is, the caller must not wait for ever
                        assembly.stop(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void compute(ExtractionSchedule assembly) throws InterruptedException {
        for (Batch batch = assembly.batch(); batch != null; batch = assembly.batch()) {
            try {
                batch.buffer().run(batch.images().size());
                assembly.computed(batch);
            } catch (Throwable e) { // its turn to be thrown comes after the batches before it
                assembly.failed(batch, e);
            }
        }
    }

    private void work(ExtractionSchedule assembly) throws InterruptedException {
        for (Work work = assembly.work(); work != null; work = assembly.work()) {
            processors.acquire();
            try {
                if (work instanceof Place place) {
                    place.batch().buffer().prepare(place.index(), place.image());
                    assembly.written(place);
                } else if (work instanceof Image image) {
                    decode(image, assembly);
                }
            } finally {
                processors.release();
            }
        }
    }

    private void decode(Image image, ExtractionSchedule assembly) {
        try {
            assembly.decoded(image, preprocessor.resize(source.read(image.path())));
        } catch (Throwable e) { // its turn to be thrown comes after the images before it
            assembly.unreadable(image, named(image.path(), e));
        }
    }

    /** The same problem with a message that names the file. */
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

    private void deliver(ExtractionSchedule assembly, ExtractionListener listener, FeatureSink sink)
            throws IOException {
        int done = 0;
        try {
            Batch batch = assembly.result(listener);
            while (batch != null) {
                List<float[]> rows = rows(batch);
                assembly.delivered(batch);
                for (int i = 0; i < rows.size(); i++) {
                    sink.accept(batch.images().get(i), rows.get(i));
                }
                done = batch.done();
                listener.progress(done, images.size());
                batch = assembly.result(listener);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted after " + done + " of " + images.size() + " images");
        }
        Throwable failure = assembly.failure();
        if (failure != null) {
            Throwables.throwIfInstanceOf(failure, IOException.class);
            Throwables.throwIfUnchecked(failure);
            throw new IllegalStateException(failure);
        }
        if (done < images.size()) {
            listener.progress(images.size(), images.size()); // the last ones were left out
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
