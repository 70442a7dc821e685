package io.github.mgn4j.data.synth;

import com.google.common.base.Throwables;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.io.FileNames;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes synthetic data sets in the Market-1501 layout: JPEGs in {@code bounding_box_train}, {@code query} and
 * {@code bounding_box_test}. Persons {@code 1..ids} are in training, {@code ids+1..2 ids} in test. Every image is a pure
 * function of the options and its place in the list, so the files have the same bytes on every run of one JDK, whatever the
 * number of threads: as many as there are processors.
 */
public final class SyntheticDataset {
    private static final List<String> FOLDERS = List.of(ShotList.TRAIN, ShotList.QUERY, ShotList.GALLERY);

    private SyntheticDataset() {}

    /** Hears how far the work is; called from several threads, but never by two at once. */
    @FunctionalInterface
    public interface Progress {
        void update(int done, int total);
    }

    /**
     * Writes a data set; it appears when it is complete.
     *
     * @param out a folder that does not exist or is empty
     * @param overwrite whether {@code out} may hold something: its folders of this layout are replaced, the rest stays
     * @throws DatasetException when {@code out} is a file, or holds something that must not be overwritten
     * @throws IOException when it cannot be written; nothing is left behind then
     */
    public static void write(SynthOptions options, Path out, boolean overwrite, Progress progress) throws IOException {
        write(options, out, overwrite, Runtime.getRuntime().availableProcessors(), progress);
    }

    /** With so many threads. */
    static void write(SynthOptions options, Path out, boolean overwrite, int threads, Progress progress)
            throws IOException {
        check(out, overwrite);
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        Path above = Files.isDirectory(target) || parent == null ? target : parent;
        List<Path> made = missing(above);
        Path aside = above.resolve(".synth-" + Long.toHexString(System.nanoTime()) + ".part");
        boolean complete = false;
        try {
            Files.createDirectories(above);
            Files.createDirectory(aside);
            for (String folder : FOLDERS) {
                Files.createDirectory(aside.resolve(folder));
            }
            paint(options, aside, threads, progress);
            put(aside, target);
            complete = true;
        } finally {
            if (Files.exists(aside)) {
                MoreFiles.deleteRecursively(aside, RecursiveDeleteOption.ALLOW_INSECURE);
            }
            if (!complete) {
                removeEmpty(made);
            }
        }
    }

    private static void check(Path out, boolean overwrite) throws IOException {
        if (Files.isDirectory(out)) {
            try (Stream<Path> entries = Files.list(out)) {
                if (!overwrite && entries.findAny().isPresent()) {
                    throw new DatasetException(FileNames.text(out) + ": the folder is not empty");
                }
            }
        } else if (Files.exists(out)) {
            throw new DatasetException(FileNames.text(out) + ": a folder wanted, found a file");
        }
    }

    /** The folders on the way that do not exist yet, the deepest first. */
    private static List<Path> missing(Path folder) {
        List<Path> missing = new ArrayList<>();
        for (@Nullable Path at = folder; at != null && !Files.exists(at); at = at.getParent()) {
            missing.add(at);
        }
        return missing;
    }

    private static void removeEmpty(List<Path> folders) throws IOException {
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                return; // somebody else uses it by now
            }
        }
    }

    private static void put(Path aside, Path target) throws IOException {
        if (!Files.exists(target)) {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        for (String folder : FOLDERS) {
            Path old = target.resolve(folder);
            if (Files.exists(old)) {
                MoreFiles.deleteRecursively(old, RecursiveDeleteOption.ALLOW_INSECURE);
            }
            Files.move(aside.resolve(folder), old, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void paint(SynthOptions options, Path root, int threads, Progress progress) throws IOException {
        List<Shot> shots = new ShotList(options);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        ShotPainter painter = new ShotPainter(options);
        ExecutorService workers = Executors.newFixedThreadPool(
                threads,
                new ThreadFactoryBuilder()
                        .setDaemon(true)
                        .setNameFormat("mgn-synth-%d")
                        .build());
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(workers.submit(() -> {
                    try (JpegEncoder encoder = new JpegEncoder()) {
                        for (int at = next.getAndIncrement(); at < shots.size(); at = next.getAndIncrement()) {
                            Shot shot = shots.get(at);
                            Files.write(
                                    root.resolve(shot.folder()).resolve(shot.name()),
                                    encoder.encode(painter.paint(shot)));
                            synchronized (done) {
                                progress.update(done.incrementAndGet(), shots.size());
                            }
                        }
                        return null;
                    } finally {
                        next.set(shots.size()); // one failed, or all is done: the other stops, too
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            Throwables.throwIfInstanceOf(cause, IOException.class);
            Throwables.throwIfUnchecked(cause);
            throw new IOException(cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(FileNames.text(root) + ": interrupted");
        } finally {
            next.set(shots.size());
            MoreExecutors.shutdownAndAwaitTermination(workers, Duration.ofMinutes(1)); // before their folder goes
        }
    }
}
