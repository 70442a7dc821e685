package io.github.mgn4j.gallery;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a table: the full ones of a snapshot, which are read when they are first needed, then those in memory. A copy that
 * has grown shares the chunks. Thread-safe for readers of chunks that were there.
 */
final class EntryChunks {
    private final @Nullable Snapshot snapshot;
    private final int stored;
    private final EntryChunk[] added;

    private EntryChunks(@Nullable Snapshot snapshot, int stored, EntryChunk[] added) {
        this.snapshot = snapshot;
        this.stored = stored;
        this.added = added;
    }

    static EntryChunks none() {
        return new EntryChunks(null, 0, new EntryChunk[4]);
    }

    /** Returns the chunks of a snapshot. The last is read at once, unless it is full, because it will change. */
    static EntryChunks of(Snapshot snapshot) {
        int full = snapshot.head().rows() / EntryChunk.ROWS;
        EntryChunk[] added = new EntryChunk[4];
        if (snapshot.head().rows() % EntryChunk.ROWS != 0) {
            added[0] = snapshot.chunk(full);
        }
        return new EntryChunks(snapshot, full, added);
    }

    EntryChunk get(int part) {
        return snapshot != null && part < stored ? snapshot.chunk(part) : added[part - stored];
    }

    /** Returns chunks that have a part, which may be the next. */
    EntryChunks with(int part) {
        int i = part - stored;
        EntryChunk[] grown = i < added.length ? added : Arrays.copyOf(added, 2 * added.length);
        if (grown[i] == null) {
            grown[i] = new EntryChunk();
        }
        return grown == added ? this : new EntryChunks(snapshot, stored, grown);
    }
}
