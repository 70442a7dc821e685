package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.gallery.EntryTable.Labels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One generation of a gallery: the entries, their features and, in a folder, the log. Used by one thread at a time. */
final class Store implements EntryLog.Replay, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final Manifest manifest;
    private final EntryTable table = new EntryTable();
    private final FeatureStore features;
    private final @Nullable EntryLog log;

    private final List<Integer> removedSinceCommit = new ArrayList<>();
    private @Nullable KeyTable keys;
    private double longest;
    private long nextId;
    private int committedRows;
    private int live;
    private int liveAtCommit;
    private int commit;
    private boolean changed;
    private long snapshotEnd;
    private @Nullable Indexed indexed;

    private Store(Manifest manifest, FeatureStore features, @Nullable EntryLog log) {
        this.manifest = manifest;
        this.features = features;
        this.log = log;
    }

    static Store inMemory(int dims, DistanceMetric metric) {
        return new Store(new Manifest(dims, metric, 0), new HeapFeatures(dims), null);
    }

    /** Creates the files of a generation; the caller writes the manifest. */
    @SuppressWarnings("MustBeClosedChecker")
    static Store create(Path folder, Manifest manifest) throws IOException {
        FeatureFile features = FeatureFile.create(manifest.features(folder), manifest.dims(), manifest.generation());
        try {
            return new Store(
                    manifest, features, EntryLog.create(manifest.log(folder), manifest.dims(), manifest.generation()));
        } catch (IOException e) {
            features.close();
            throw e;
        }
    }

    static Store open(Path folder, Manifest manifest, boolean writable) throws IOException {
        int dims = manifest.dims();
        FeatureFile features = FeatureFile.open(manifest.features(folder), dims, manifest.generation(), writable);
        EntryLog log = null;
        try {
            log = EntryLog.open(manifest.log(folder), dims, manifest.generation(), writable);
            Store store = new Store(manifest, features, log);
            Snapshot snapshot = Snapshot.open(manifest.snapshot(folder), dims, manifest.generation());
            if (snapshot != null) {
                store.resume(snapshot, log);
            }
            store.replay(log);
            return store;
        } catch (IOException | RuntimeException e) {
            features.close();
            if (log != null) {
                log.close();
            }
            throw e;
        }
    }

    private void resume(Snapshot snapshot, EntryLog from) throws IOException {
        Snapshot.Head head = snapshot.head();
        if (!from.resume(head.logEnd(), head.logPrint())) {
            LOG.warn("{}: is of another log and is not used", snapshot.file());
            return;
        }
        table.resume(snapshot);
        longest = head.longest();
        nextId = head.nextId();
        committedRows = head.rows();
        live = head.live();
        liveAtCommit = live;
        snapshotEnd = head.logEnd();
    }

    private void replay(EntryLog from) throws IOException {
        from.replay(this);
        table.cut(committedRows);
        removedSinceCommit.clear();
        live = liveAtCommit;
        features.resume(committedRows);
    }

    @Override
    public void added(long id, byte[] path, Labels labels, float square, int checksum) {
        table.append(id, path, labels, square, checksum);
        longest = Math.max(longest, Math.sqrt(square));
        live++;
    }

    @Override
    public void removed(int row) {
        removedSinceCommit.add(row);
        live--;
    }

    @Override
    public void committed(int rows, long next) {
        check(
                rows == table.rows(),
                "the gallery's log is damaged: a commit of %d entries follows %d",
                rows,
                table.rows());
        removedSinceCommit.forEach(row -> table.remove(row, commit));
        removedSinceCommit.clear();
        committedRows = rows;
        liveAtCommit = live;
        nextId = next;
    }

    /**
     * Reads what another process has committed since.
     *
     * @return whether there was anything
     */
    boolean follow() throws IOException {
        if (log == null) {
            return false;
        }
        long before = log.bytes();
        commit++;
        replay(log);
        return log.bytes() > before;
    }

    private KeyTable keys() {
        if (keys == null) {
            keys = new KeyTable(table);
        }
        return keys;
    }

    /** Adds an entry, in the place of the one with its path. */
    void add(GalleryEntry entry, float[] feature) throws IOException {
        byte[] path = path(entry.path());
        int old = keys().find(path);
        if (old >= 0) {
            remove(old);
        }
        double square = Features.square(feature);
        append(nextId++, path, Labels.of(entry), (float) square, feature);
        keys().put(table.rows() - 1);
    }

    private static byte[] path(String path) {
        return path.getBytes(StandardCharsets.UTF_8);
    }

    private void append(long id, byte[] path, Labels labels, float square, float[] feature) throws IOException {
        changed = true;
        int checksum = features.append(feature);
        if (log != null) {
            log.add(id, path, labels, square, checksum);
        }
        added(id, path, labels, square, checksum);
    }

    /** Removes the entry of a path and returns whether there was one. */
    boolean remove(String path) throws IOException {
        int row = keys().find(path(path));
        if (row >= 0) {
            remove(row);
        }
        return row >= 0;
    }

    /** Removes the entries that a predicate accepts and returns their number. */
    int removeIf(Predicate<GalleryEntry> unwanted) throws IOException {
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < table.rows(); row++) {
            if (!table.isRemoved(row) && unwanted.test(table.chunk(row).entry(row % EntryChunk.ROWS))) {
                rows.add(row);
            }
        }
        for (int row : rows) {
            remove(row);
        }
        return rows.size();
    }

    private void remove(int row) throws IOException {
        changed = true;
        table.remove(row, commit + 1);
        live--;
        if (log != null) {
            log.remove(row);
        }
    }

    boolean hasChanged() {
        return changed;
    }

    /** Makes the changes outlive the process. The next {@link #view} shows them. */
    void commit() throws IOException {
        features.force();
        if (log != null) {
            log.commit(table.rows(), nextId);
        }
        commit++;
        committedRows = table.rows();
        liveAtCommit = live;
        changed = false;
    }

    /**
     * Writes a snapshot of the last commit if much has happened since the one before. It only saves time at opening, so that a
     * failure is no more than logged.
     *
     * @param most the bytes of log that may be read at opening
     */
    void snapshot(Path folder, long most) {
        if (log == null || changed || log.bytes() - Math.max(EntryLog.START, snapshotEnd) <= most) {
            return;
        }
        try {
            Snapshot.Head head = new Snapshot.Head(
                    committedRows,
                    liveAtCommit,
                    table.people(),
                    nextId,
                    log.bytes(),
                    log.fingerprint(log.bytes()),
                    longest);
            Snapshot.write(manifest.snapshot(folder), manifest, head, table.chunks());
            snapshotEnd = log.bytes();
        } catch (IOException | GalleryException e) {
            LOG.warn("{}: no snapshot was written, the next opening reads the log: {}", folder, String.valueOf(e));
        }
    }

    /** Returns the bytes of log up to the last commit. */
    long logBytes() {
        return log == null ? 0 : log.bytes();
    }

    /** Reads the whole log and compares it with its checksums. */
    void verifyLog() throws IOException {
        if (log != null) {
            log.verify();
        }
    }

    View view() throws IOException {
        return new View(
                committedRows,
                liveAtCommit,
                commit,
                table.people(),
                longest,
                table.chunks(),
                features.blocks(committedRows),
                indexed);
    }

    /** Appends the entries of a view of an older generation, with their ids, and those of later entries behind. */
    void copy(View view, long ids) throws IOException {
        float[] feature = new float[manifest.dims()];
        for (int row = 0; row < view.rows(); row++) {
            if (view.isAlive(row)) {
                EntryChunk chunk = view.chunk(row);
                int i = row % EntryChunk.ROWS;
                view.read(row, feature);
                append(chunk.id(i), chunk.path(i), Labels.of(chunk.entry(i)), chunk.square(i), feature);
            }
        }
        nextId = ids;
    }

    /** Sets the index that the next view has. */
    void index(@Nullable Indexed next) {
        indexed = next;
    }

    Manifest manifest() {
        return manifest;
    }

    long nextId() {
        return nextId;
    }

    long bytes() throws IOException {
        return log == null ? 0 : features.bytes() + log.bytes();
    }

    @Override
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
        features.close();
    }
}
