package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import com.google.common.base.Preconditions;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.internal.io.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A searchable collection of features: who is near? An entry's key is its path; adding a path again replaces its entry.
 *
 * <p>Thread-safe. A search sees the state of the last {@link #commit()} before it began, as a whole: no later change, and none that
 * is not committed. Searches never wait for a writer. Changes of several threads wait for each other; a commit takes those of all
 * of them.
 *
 * <p>In a folder, what {@link #commit()} returned for outlives the process, however that ends. A folder has one writer at a time;
 * any number of processes may open it for reading, and see later commits with {@link #refresh()}. Features are read from mapped
 * files, so that they need no heap. Every feature is compared with its checksum when it is first read.
 *
 * <pre>{@code
 * try (Gallery gallery = Gallery.openOrCreate(Path.of("gallery"), 2048, DistanceMetric.EUCLIDEAN)) {
 *     gallery.add(new GalleryEntry("0002_c1s1_000451_03.jpg", 2, 1, null), feature);
 *     gallery.commit();
 *     List<GalleryHit> people = gallery.search(query, SearchOptions.nearest(10).people());
 * }
 * }</pre>
 */
public final class Gallery implements AutoCloseable {
    private static final int MAX_DIMS = 1 << 16;

    /** Removed rows below which no commit compacts. */
    private static final int FEW = 4096;

    /** Fewest entries of an index. */
    static final int FEWEST_INDEXED = 256;

    /** Bytes of log that are left to be read at the next opening: after a commit, at least, and after a close. */
    private static final long TAIL = 1 << 20;

    private static final long SHORT_TAIL = 1 << 12;

    private final @Nullable Path folder;
    private final @Nullable FolderLock lock;
    private final boolean writable;
    private final int dims;
    private final DistanceMetric metric;
    private volatile Store store;
    private volatile View view;
    private volatile boolean closed;
    private final AtomicBoolean building = new AtomicBoolean();
    private boolean failed;
    /** Whether the folder is no gallery yet. */
    private boolean fresh;

    private boolean createdFolder;

    private Gallery(@Nullable Path folder, @Nullable FolderLock lock, Store store) throws IOException {
        this.folder = folder;
        this.lock = lock;
        this.writable = folder == null || lock != null;
        this.store = store;
        dims = store.manifest().dims();
        metric = store.manifest().metric();
        if (folder != null) {
            store.index(Indexed.open(store.manifest().index(folder), dims));
        }
        view = store.view();
    }

    /**
     * Creates an empty gallery in memory.
     *
     * @throws GalleryException if {@code dims} is below 1 or above 65,536
     */
    public static Gallery inMemory(int dims, DistanceMetric metric) {
        checkDims(dims);
        try {
            return new Gallery(null, null, Store.inMemory(dims, metric));
        } catch (IOException e) {
            throw new IllegalStateException(e); // no file is involved
        }
    }

    private static void checkDims(int dims) {
        check(dims >= 1 && dims <= MAX_DIMS, "dims must be 1 to %d, not %d", MAX_DIMS, dims);
    }

    /** Returns whether a folder holds a gallery. */
    public static boolean exists(Path folder) {
        return Files.exists(Manifest.in(folder));
    }

    /**
     * Opens a gallery for reading.
     *
     * @throws GalleryException if the folder holds none, or its files are damaged or of a newer version
     * @throws IOException if a file cannot be read
     */
    public static Gallery open(Path folder) throws IOException {
        return new Gallery(folder, null, GalleryFolder.read(folder));
    }

    /**
     * Opens a gallery for reading and writing.
     *
     * @throws GalleryException as {@link #open}
     * @throws IOException if a file cannot be read or written, or another writer has the folder
     */
    public static Gallery openForWriting(Path folder) throws IOException {
        Manifest.read(folder);
        return write(folder, null, false);
    }

    /**
     * Opens a gallery for reading and writing, and creates an empty one if the folder is missing or empty.
     *
     * @param dims length of a feature
     * @throws GalleryException as {@link #open}, or if the gallery has another length or metric
     * @throws IOException if a file cannot be read or written, or another writer has the folder
     */
    public static Gallery openOrCreate(Path folder, int dims, DistanceMetric metric) throws IOException {
        checkDims(dims);
        boolean missing = Files.notExists(folder);
        if (missing) {
            Files.createDirectories(folder);
        }
        return write(folder, new Manifest(dims, metric, 1), missing);
    }

    private static Gallery write(Path folder, @Nullable Manifest wanted, boolean createdFolder) throws IOException {
        FolderLock lock = FolderLock.acquire(folder);
        try {
            boolean fresh = wanted != null && !exists(folder);
            Gallery opened = new Gallery(folder, lock, GalleryFolder.write(folder, wanted));
            opened.fresh = fresh;
            opened.createdFolder = createdFolder;
            return opened;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Returns the length of a feature. */
    public int dims() {
        return dims;
    }

    /** Returns the distance metric. */
    public DistanceMetric metric() {
        return metric;
    }

    /** Returns the number of committed entries. */
    public int size() {
        return view.live();
    }

    /**
     * Adds an entry, or replaces the one of its path. A gallery of the cosine metric stores features at unit length.
     *
     * @throws GalleryException if the feature has another length, or holds NaN or infinity
     * @throws IOException if a file cannot be written; the gallery must be opened again then
     */
    public void add(GalleryEntry entry, float[] feature) throws IOException {
        check(feature.length > 0, "the feature is empty, expected %d values", dims);
        addAll(List.of(entry), FeatureMatrix.ofRows(feature));
    }

    /**
     * Adds entries, as {@link #add} does: all of them, or none if a feature is refused.
     *
     * @param features one row per entry
     */
    public void addAll(List<GalleryEntry> entries, FeatureMatrix features) throws IOException {
        check(
                entries.size() == features.rows(),
                "%d entries have %d features, expected one each",
                entries.size(),
                features.rows());
        FeatureMatrix stored = Features.stored(features, dims, metric, "the features to add");
        change(() -> {
            for (int i = 0; i < entries.size(); i++) {
                store.add(entries.get(i), stored.row(i));
            }
            return entries.size();
        });
    }

    /** Removes the entry of a path and returns whether there was one. */
    public boolean remove(String path) throws IOException {
        return change(() -> store.remove(path) ? 1 : 0) == 1;
    }

    /**
     * Removes the entries that a predicate accepts.
     *
     * @return their number
     */
    public int removeIf(Predicate<GalleryEntry> unwanted) throws IOException {
        return change(() -> store.removeIf(unwanted));
    }

    @FunctionalInterface
    private interface Change {
        int run() throws IOException;
    }

    private synchronized int change(Change change) throws IOException {
        checkWritable();
        try {
            return change.run();
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    private void checkWritable() {
        checkOpen();
        Preconditions.checkState(writable, "the gallery was opened for reading, expected openForWriting");
        Preconditions.checkState(!failed, "a write has failed: close the gallery and open it again");
    }

    private void checkOpen() {
        Preconditions.checkState(!closed, "the gallery is closed");
    }

    /**
     * Makes the changes so far visible to searches, and in a folder safe: when this method returns they are on disk. A new folder
     * becomes a gallery with the first commit, even of nothing.
     *
     * @throws IOException if a file cannot be written, or the folder was removed; the gallery must be opened again then
     */
    public synchronized void commit() throws IOException {
        commitOnly();
        View committed = view;
        int removed = committed.rows() - committed.live();
        if (removed >= FEW && removed > committed.live()) {
            compact();
        }
    }

    private void commitOnly() throws IOException {
        checkWritable();
        if (store.hasChanged() || fresh) {
            change(() -> {
                if (lock != null) {
                    lock.checkHeld();
                }
                if (fresh && folder != null) {
                    store.manifest().write(folder);
                    fresh = false;
                }
                store.commit();
                show(store.view());
                if (folder != null) {
                    store.snapshot(folder, Math.max(TAIL, store.logBytes() / 4));
                }
                return 0;
            });
        }
    }

    /**
     * Rewrites the files without removed entries, whose features are gone from the disk then. Needs room for the rest once more.
     * Uncommitted changes are committed.
     *
     * @throws IOException as {@link #commit}
     */
    public synchronized void compact() throws IOException {
        commitOnly();
        change(() -> {
            Store before = store;
            Manifest next = before.manifest().next();
            Store rewritten = folder == null ? Store.inMemory(dims, metric) : Store.create(folder, next);
            try {
                rewritten.copy(view, before.nextId());
                rewritten.commit();
                if (folder != null) {
                    next.write(folder);
                }
            } catch (IOException | RuntimeException e) {
                rewritten.close();
                throw e;
            }
            store = rewritten;
            view = rewritten.view();
            before.close();
            if (folder != null) {
                GalleryFolder.removeOthers(folder, next);
            }
            return 0;
        });
    }

    /**
     * Builds an approximate index of the committed entries, by which searches find candidates from now on instead of comparing
     * every entry; distances stay exact. Measures its recall on up to 50 of the entries. Later additions are all found: once the
     * index has been used, commits project them, and searches compare those whose projections do not rule them out. {@link
     * #compact} drops the index. Needs jvector on the class path. Searches and changes go on meanwhile.
     *
     * @throws GalleryException if there are fewer than {@value #FEWEST_INDEXED} entries, or jvector is missing
     * @throws IOException if the index cannot be written
     * @throws IllegalStateException if the files were compacted meanwhile
     */
    public void buildIndex(IndexOptions options) throws IOException {
        checkWritable();
        check(
                Indexed.isAvailable(),
                "an approximate index needs jvector: add io.github.jbellis:jvector to the class path");
        View built = view;
        Store indexed = store;
        check(
                built.rows() >= FEWEST_INDEXED,
                "%d entries are too few for an approximate index, expected at least %d",
                built.rows(),
                FEWEST_INDEXED);
        ApproximateIndex index = ApproximateIndex.build(built, options);
        Indexed measured = IndexRecall.measure(built, index, options.overquery(), metric);
        attach(indexed, measured);
    }

    /**
     * Builds an approximate index as {@link #buildIndex} does if a policy wants one now, and none is being built. A service calls
     * it from a thread of its own after commits.
     *
     * @return whether an index was built
     */
    public boolean buildIndexIfDue(IndexPolicy policy) throws IOException {
        checkWritable();
        Indexed present = view.indexed();
        if (!policy.isDue(view.rows(), present == null ? 0 : present.rows()) || !building.compareAndSet(false, true)) {
            return false;
        }
        try {
            buildIndex(policy.options());
            return true;
        } finally {
            building.set(false);
        }
    }

    private synchronized void attach(Store indexed, Indexed measured) throws IOException {
        checkWritable();
        Preconditions.checkState(
                store == indexed, "the gallery was compacted while its index was built: build it again");
        if (folder != null) {
            measured.write(store.manifest().index(folder));
        }
        store.index(measured);
        show(store.view());
    }

    /**
     * Makes commits visible that another process has made since this gallery was opened for reading.
     *
     * @return whether there were any
     * @throws GalleryException as {@link #open}
     * @throws IllegalStateException if this gallery is the writer
     */
    public synchronized boolean refresh() throws IOException {
        checkOpen();
        if (folder == null || writable) {
            throw new IllegalStateException("the gallery was opened for writing: only this process commits");
        }
        boolean changed;
        if (Manifest.read(folder).equals(store.manifest())) {
            changed = store.follow();
        } else {
            Store before = store;
            store = GalleryFolder.read(folder);
            before.close();
            changed = true;
        }
        if (view.indexed() == null || changed) {
            store.index(Indexed.open(store.manifest().index(folder), dims));
        }
        show(store.view());
        return changed;
    }

    /** Lets searches begin with a view. */
    private void show(View next) {
        Indexed indexed = next.indexed();
        if (indexed != null) {
            indexed.prepare(next);
        }
        view = next;
    }

    /**
     * Searches for one feature.
     *
     * @return the hits, nearest first; on ties, the earlier addition
     * @throws GalleryException if the query has another length, or holds NaN or infinity; or a stored feature is damaged
     */
    public List<GalleryHit> search(float[] query, SearchOptions options) {
        check(query.length > 0, "the query is empty, expected %d values", dims);
        return search(FeatureMatrix.ofRows(query), List.of(options)).get(0);
    }

    /** Searches for several features, which is faster than one by one. */
    public List<List<GalleryHit>> search(FeatureMatrix queries, SearchOptions options) {
        return search(queries, Collections.nCopies(queries.rows(), options));
    }

    /**
     * Searches for several features, each with its own options.
     *
     * @return the hits of each query, as {@link #search(float[], SearchOptions)} returns them
     */
    public List<List<GalleryHit>> search(FeatureMatrix queries, List<SearchOptions> options) {
        checkOpen();
        check(
                queries.rows() == options.size(),
                "%d queries have %d options, expected one each",
                queries.rows(),
                options.size());
        return queries.rows() == 0 ? List.of() : new Searcher(view, queries, options, metric).run();
    }

    /** Receives entries and their features. */
    @FunctionalInterface
    public interface Sink {
        /** Takes an entry; {@code feature} is a copy. */
        void accept(GalleryEntry entry, float[] feature) throws IOException;
    }

    /** Passes all committed entries to a sink, in the order of their additions. */
    public void forEach(Sink sink) throws IOException {
        checkOpen();
        View current = view;
        for (int row = 0; row < current.rows(); row++) {
            if (current.isAlive(row)) {
                sink.accept(current.entry(row), current.read(row));
            }
        }
    }

    /**
     * Reads every entry and every feature, and compares them with their checksums.
     *
     * @throws GalleryException if one is damaged
     * @throws IOException if a file cannot be read
     */
    public void verify() throws IOException {
        checkOpen();
        View current = view;
        synchronized (this) {
            store.verifyLog();
        }
        for (int part = 0; part < current.parts(); part++) {
            current.verifyPart(part);
        }
    }

    /** Returns what the gallery holds. */
    public synchronized GalleryStats stats() throws IOException {
        checkOpen();
        View current = view;
        Indexed indexed = current.indexed();
        Set<Integer> people = new HashSet<>();
        for (int row = 0; row < current.rows(); row++) {
            EntryChunk chunk = current.chunk(row);
            int i = row % EntryChunk.ROWS;
            if (current.isAlive(row) && chunk.hasPid(i) && chunk.pid(i) > 0) {
                people.add(chunk.pid(i));
            }
        }
        return new GalleryStats(
                current.live(),
                people.size(),
                dims,
                metric,
                store.bytes(),
                current.rows() - current.live(),
                indexed == null ? 0 : indexed.rows(),
                indexed == null ? 1 : indexed.recall());
    }

    /** Closes the gallery. Changes that are not committed are lost. Searches that run end as usual. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (folder != null && writable && !failed && !fresh) {
                store.snapshot(folder, SHORT_TAIL);
            }
            store.close();
            if (fresh && folder != null) {
                GalleryFolder.removeQuietly(store.manifest().log(folder));
                GalleryFolder.removeQuietly(store.manifest().features(folder));
            }
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
        if (fresh && createdFolder && folder != null) {
            GalleryFolder.removeQuietly(folder);
        }
    }
}
