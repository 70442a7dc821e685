package io.github.mgn4j.gallery;

import io.github.mgn4j.gallery.EntryTable.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * The state of a gallery after a commit: the rows that were there and had not been removed. Later changes do not show.
 * Thread-safe.
 *
 * @param rows number of rows, removed ones included
 * @param live number of rows that have not been removed
 * @param commit number of the commit
 * @param people number of different pids, those of removed rows included
 * @param longest the largest length of a feature
 * @param indexed the approximate index of the first rows; null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record View(
        int rows,
        int live,
        int commit,
        int people,
        double longest,
        Chunk[] chunks,
        FeatureBlocks features,
        @Nullable Indexed indexed) {
    Chunk chunk(int row) {
        return chunks[row / EntryTable.CHUNK];
    }

    boolean isAlive(int row) {
        return chunk(row).died(row % EntryTable.CHUNK) > commit;
    }

    GalleryEntry entry(int row) {
        return chunk(row).entry(row % EntryTable.CHUNK);
    }

    /** Returns the squared length of a row's feature. */
    float square(int row) {
        return chunk(row).square(row % EntryTable.CHUNK);
    }

    /** Returns the number of chunks. */
    int parts() {
        return (rows + EntryTable.CHUNK - 1) / EntryTable.CHUNK;
    }

    /** Returns the number of rows of a chunk. */
    int width(int part) {
        return Math.min(EntryTable.CHUNK, rows - part * EntryTable.CHUNK);
    }

    /**
     * Copies a feature.
     *
     * @throws GalleryException if its bytes have changed since it was added
     */
    void read(int row, float[] into) {
        features.read(row, 0, into, into.length);
        if (chunk(row).verified <= row % EntryTable.CHUNK) {
            verify(row);
        }
    }

    /**
     * Compares the features of a chunk with their checksums, each once in the life of a process.
     *
     * @throws GalleryException if bytes have changed since they were added
     */
    void verifyPart(int part) {
        Chunk chunk = chunks[part];
        int width = width(part);
        int verified = chunk.verified;
        if (verified < width) {
            for (int i = verified; i < width; i++) {
                verify(part * EntryTable.CHUNK + i);
            }
            chunk.verified = width;
        }
    }

    private void verify(int row) {
        int i = row % EntryTable.CHUNK;
        if (chunk(row).died(i) == EntryTable.ALIVE
                && !features.matches(row, chunk(row).checksum(i))) {
            throw GalleryException.of(
                    "the gallery's feature of '%s' (row %d) is damaged: its checksum differs; restore the folder from a"
                            + " copy, or remove the entry and add it again",
                    entry(row).path(), row);
        }
    }
}
