package io.github.mgn4j.data.synth;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * Writes a data set; it appears when it is complete. What a killed process left unfinished in that place is removed.
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
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        Path above = Files.isDirectory(target) || parent == null ? target : parent;
        StagedFolders.clean(above);
        check(out, overwrite);
        List<Path> made = missing(above);
        boolean complete = false;
        try {
            Files.createDirectories(above);
            try (StagedFolders staged = StagedFolders.create(above)) {
                for (String folder : FOLDERS) {
                    Files.createDirectories(staged.folder().resolve(folder));
                }
                paint(options, staged.folder(), threads, progress);
                check(out, overwrite); // another process may have been faster
                staged.publish(target);
            }
            complete = true;
        } catch (FileSystemException e) { // which names a folder that is gone by now
            throw e.getFile() == null || !e.getFile().contains(StagedFolders.PREFIX)
                    ? e
                    : new FileSystemException(out.toString(), null, e.getReason());
        } finally {
            if (!complete) {
                removeEmpty(made);
            }
        }
    }

    private static void check(Path out, boolean overwrite) throws IOException {
        if (Files.isDirectory(out)) {
            try (Stream<Path> entries = Files.list(out)) {
                if (!overwrite && !entries.allMatch(StagedFolders::isStaged)) {
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
                return; // another process uses it by now
            }
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
                            write(
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

    private static void write(Path file, byte[] bytes) throws IOException {
        try {
            Files.write(file, bytes);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) { // a full disk, which does not say where
            throw new FileSystemException(file.toString(), null, "cannot be written: " + e.getMessage());
        }
    }
}
