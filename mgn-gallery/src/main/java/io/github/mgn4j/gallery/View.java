package io.github.mgn4j.gallery;

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
record View(
        int rows,
        int live,
        int commit,
        int people,
        double longest,
        EntryChunks chunks,
        FeatureBlocks features,
        @Nullable Indexed indexed) {
    EntryChunk chunk(int row) {
        return chunks.get(row / EntryChunk.ROWS);
    }

    boolean isAlive(int row) {
        return chunk(row).died(row % EntryChunk.ROWS) > commit;
    }

    GalleryEntry entry(int row) {
        return chunk(row).entry(row % EntryChunk.ROWS);
    }

    /** Returns the number of a row's pid among those of the table; -1 for none. */
    int person(int row) {
        return chunk(row).person(row % EntryChunk.ROWS);
    }

    /** Returns the squared length of a row's feature. */
    float square(int row) {
        return chunk(row).square(row % EntryChunk.ROWS);
    }

    /** Returns the number of chunks. */
    int parts() {
        return (rows + EntryChunk.ROWS - 1) / EntryChunk.ROWS;
    }

    /** Returns the number of rows of a chunk. */
    int width(int part) {
        return Math.min(EntryChunk.ROWS, rows - part * EntryChunk.ROWS);
    }

    /**
     * Copies a feature.
     *
     * @throws GalleryException if its bytes have changed since it was added
     */
    void read(int row, float[] into) {
        features.read(row, 0, into, into.length);
        verifyRow(row);
    }

    /** Compares a feature with its checksum, unless its chunk was. */
    void verifyRow(int row) {
        if (chunk(row).verified <= row % EntryChunk.ROWS) {
            verify(row);
        }
    }

    /** Returns a copy of a feature, as {@link #read(int, float[])} makes it. */
    float[] read(int row) {
        float[] feature = new float[features.dims()];
        read(row, feature);
        return feature;
    }

    /**
     * Compares the features of a chunk with their checksums, each once in the life of a process.
     *
     * @throws GalleryException if bytes have changed since they were added
     */
    void verifyPart(int part) {
        EntryChunk chunk = chunks.get(part);
        int width = width(part);
        int verified = chunk.verified;
        if (verified < width) {
            for (int i = verified; i < width; i++) {
                verify(part * EntryChunk.ROWS + i);
            }
            chunk.verified = width;
        }
    }

    private void verify(int row) {
        int i = row % EntryChunk.ROWS;
        if (chunk(row).died(i) == EntryChunk.ALIVE
                && !features.matches(row, chunk(row).checksum(i))) {
            throw GalleryException.of(
                    "the gallery's feature of '%s' (row %d) is damaged: its checksum differs; restore the folder from a"
                            + " copy, or remove the entry and add it again",
                    entry(row).path(), row);
        }
    }
}
