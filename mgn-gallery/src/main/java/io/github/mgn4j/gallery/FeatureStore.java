package io.github.mgn4j.gallery;

import java.io.IOException;

/** Where the features of a gallery are: rows that are appended and never change. Used by one thread at a time. */
interface FeatureStore extends AutoCloseable {
    /**
     * Appends a row.
     *
     * @return its checksum
     */
    int append(float[] row) throws IOException;

    /** Appends from now on behind the first {@code rows} rows, which another process wrote. */
    void resume(int rows) throws IOException;

    /** Makes the rows so far outlive the process. */
    void force() throws IOException;

    /** Returns the first {@code rows} rows, which have been forced. */
    FeatureBlocks blocks(int rows) throws IOException;

    /** Returns the bytes on disk. */
    long bytes() throws IOException;

    @Override
    void close() throws IOException;
}
