package io.github.mgn4j.gallery;

import com.google.common.hash.Hashing;
import java.util.Arrays;

/** Finds the row of a path: a hash table of rows, whose paths are in the {@link EntryTable}. Used by one thread at a time. */
final class KeyTable {
    private static final int EMPTY = -1;
    private static final int SMALLEST = 1 << 10;

    private final EntryTable table;
    private int[] slots = {};
    private int used;

    /** Creates the table of the rows that are there. */
    KeyTable(EntryTable table) {
        this.table = table;
        rebuild();
    }

    private void rebuild() {
        int live = 0;
        for (int row = 0; row < table.rows(); row++) {
            live += table.isRemoved(row) ? 0 : 1;
        }
        slots = new int[Math.max(SMALLEST, Integer.highestOneBit(live) * 4)];
        Arrays.fill(slots, EMPTY);
        used = 0;
        for (int row = 0; row < table.rows(); row++) {
            if (!table.isRemoved(row)) {
                insert(row);
            }
        }
    }

    private byte[] path(int row) {
        return table.chunk(row).path(row % EntryChunk.ROWS);
    }

    private int home(byte[] path) {
        return Hashing.farmHashFingerprint64().hashBytes(path).asInt() & (slots.length - 1);
    }

    /** Returns the row of a path that has not been removed; -1 if there is none. */
    int find(byte[] path) {
        for (int at = home(path); slots[at] != EMPTY; at = (at + 1) & (slots.length - 1)) {
            int row = slots[at];
            if (!table.isRemoved(row) && Arrays.equals(path(row), path)) {
                return row;
            }
        }
        return EMPTY;
    }

    /** Adds the table's last row. */
    void put(int row) {
        if (2 * (used + 1) > slots.length) {
            rebuild(); // with this row, and without the removed ones
        } else {
            insert(row);
        }
    }

    private void insert(int row) {
        int at = home(path(row));
        while (slots[at] != EMPTY) {
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = row;
        used++;
    }
}
