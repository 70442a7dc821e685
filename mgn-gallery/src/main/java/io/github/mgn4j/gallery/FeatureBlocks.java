package io.github.mgn4j.gallery;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The features of a view: blocks of consecutive rows on the heap or in mapped files. Immutable and thread-safe; a mapping is
 * freed with the last view of it.
 *
 * @param bytes the blocks as bytes, for checksums; null on the heap, where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FeatureBlocks(int dims, FloatBuffer[] floats, ByteBuffer @Nullable [] bytes) {
    private static final int BLOCK_BYTES = 1 << 25;
    private static final int MAX_ROWS = 1 << 12;

    /** Returns the rows of a block, a power of two. */
    static int rowsPerBlock(int dims) {
        return Math.min(MAX_ROWS, Integer.highestOneBit(Math.max(1, BLOCK_BYTES / (dims * Float.BYTES))));
    }

    /** Copies values of a row from dimension {@code d} on. */
    void read(int row, int d, float[] into, int length) {
        int rows = rowsPerBlock(dims);
        try {
            floats[row / rows].get(row % rows * dims + d, into, 0, length);
        } catch (InternalError e) { // a page of the mapping no longer exists
            throw shorter(row);
        }
    }

    /** Copies values of a row from dimension {@code d} on into a buffer. */
    void copy(int row, int d, int length, FloatBuffer into, int at) {
        int rows = rowsPerBlock(dims);
        try {
            into.put(at, floats[row / rows], row % rows * dims + d, length);
        } catch (InternalError e) {
            throw shorter(row);
        }
    }

    /** Returns whether a row has a checksum; on the heap every row does. */
    boolean matches(int row, int checksum) {
        if (bytes == null) {
            return true;
        }
        int rows = rowsPerBlock(dims);
        int stride = dims * Float.BYTES;
        CRC32C crc = new CRC32C();
        try {
            crc.update(bytes[row / rows].slice(row % rows * stride, stride));
        } catch (InternalError e) {
            throw shorter(row);
        }
        return (int) crc.getValue() == checksum;
    }

    private static GalleryException shorter(int row) {
        return GalleryException.of("the gallery's features became shorter while row %d was read", row);
    }
}
