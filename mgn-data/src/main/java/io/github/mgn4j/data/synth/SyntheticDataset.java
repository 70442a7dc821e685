package io.github.mgn4j.data.synth;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.image.ProgressListener;
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
 * Writes synthetic data sets in the Market-1501 format: JPEGs in {@code bounding_box_train}, {@code query} and
 * {@code bounding_box_test}, and on request the persons' masks in {@code masks}. Persons {@code 1..ids} are in training, {@code ids+1..2 ids} in test. Every image depends only
 * on the options and its position in the list, so the files have the same bytes on every run of one JDK. Uses one thread per
 * processor.
 */
public final class SyntheticDataset {
    private static final List<String> FOLDERS = List.of(ShotList.TRAIN, ShotList.QUERY, ShotList.GALLERY);

    private SyntheticDataset() {}

    /**
     * Writes a data set, which appears once it is complete. Unfinished folders of killed processes are removed.
     *
     * @param out a folder that does not exist or is empty
     * @param overwrite whether {@code out} may have content: its folders of this format are replaced, the rest stays
     * @param progress receives the progress; called by several threads, one at a time
     * @throws DatasetException if {@code out} is a file, or has content that must not be overwritten
     * @throws IOException if the data set cannot be written; nothing is left behind then
     */
    public static void write(SynthOptions options, Path out, boolean overwrite, ProgressListener progress)
            throws IOException {
        write(options, out, overwrite, Runtime.getRuntime().availableProcessors(), progress);
    }

    /** Writes a data set with a number of threads. */
    static void write(SynthOptions options, Path out, boolean overwrite, int threads, ProgressListener progress)
            throws IOException {
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        Path above = Files.isDirectory(target) || parent == null ? target : parent;
        StagedFolders.clean(above);
        check(out, overwrite);
        List<Path> created = missing(above);
        boolean complete = false;
        try {
            Files.createDirectories(above);
            try (StagedFolders staged = StagedFolders.create(above)) {
                for (String folder : FOLDERS) {
                    Files.createDirectories(staged.folder().resolve(folder));
                    if (options.masks()) {
                        Files.createDirectories(
                                staged.folder().resolve(SyntheticMasks.FOLDER).resolve(folder));
                    }
                }
                paint(options, staged.folder(), threads, progress);
                check(out, overwrite); // another process may have been faster
                staged.publish(target, SyntheticMasks.FOLDER);
            }
            complete = true;
        } catch (FileSystemException e) { // names a folder that no longer exists
            throw e.getFile() == null || !e.getFile().contains(StagedFolders.PREFIX)
                    ? e
                    : new FileSystemException(out.toString(), null, e.getReason());
        } finally {
            if (!complete) {
                removeEmpty(created);
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
            throw new DatasetException(FileNames.text(out) + ": a folder expected, found a file");
        }
    }

    /** Returns the missing parent folders, the deepest first. */
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
                return; // another process uses it already
            }
        }
    }

    private static void paint(SynthOptions options, Path root, int threads, ProgressListener progress)
            throws IOException {
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
                    try (JpegEncoder encoder = new JpegEncoder();
                            MaskEncoder masks = new MaskEncoder()) {
                        for (int at = next.getAndIncrement(); at < shots.size(); at = next.getAndIncrement()) {
                            Shot shot = shots.get(at);
                            write(
                                    root.resolve(shot.folder()).resolve(shot.name()),
                                    encoder.encode(painter.paint(shot)));
                            if (options.masks()) {
                                write(
                                        root.resolve(SyntheticMasks.FOLDER)
                                                .resolve(shot.folder())
                                                .resolve(SyntheticMasks.name(shot.name())),
                                        masks.encode(painter.mask(shot), options.width(), options.height()));
                            }
                            synchronized (done) {
                                progress.progress(done.incrementAndGet(), shots.size());
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
            MoreExecutors.shutdownAndAwaitTermination(workers, Duration.ofMinutes(1)); // before their folder is removed
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try {
            Files.write(file, bytes);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) { // a full disk, whose exception names no file
            throw new FileSystemException(file.toString(), null, "cannot be written: " + e.getMessage());
        }
    }
}
