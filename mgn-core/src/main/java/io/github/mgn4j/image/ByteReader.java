package io.github.mgn4j.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a file with bounds-checked reads: a position outside means a truncated file, never an index error.
 *
 * @param data the whole file; shared, not written to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ByteReader(byte[] data) {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    int length() {
        return data.length;
    }

    int u8(long at) {
        need(at, 1);
        return data[(int) at] & 0xff;
    }

    int u16(long at) {
        return u8(at) << 8 | u8(at + 1);
    }

    int u16Little(long at) {
        return u8(at) | u8(at + 1) << 8;
    }

    /** Returns four bytes in big-endian order; values of 2^31 and above are negative. */
    int i32(long at) {
        return u16(at) << 16 | u16(at + 2);
    }

    int i32Little(long at) {
        return u16Little(at) | u16Little(at + 2) << 16;
    }

    boolean startsWith(int at, String latin1) {
        byte[] expected = latin1.getBytes(StandardCharsets.ISO_8859_1);
        if (at < 0 || at > data.length - expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (data[at + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the first position of a byte at or after {@code from}; the file's length if there is none. */
    int find(byte value, int from) {
        long pattern = (value & 0xffL) * ONES;
        int at = from;
        // Eight at a time: x - ONES & ~x has a high bit set if and only if some byte of x is zero.
        for (; at + Long.BYTES <= data.length; at += Long.BYTES) {
            long difference = (long) LONGS.get(data, at) ^ pattern;
            if ((difference - ONES & ~difference & HIGHS) != 0) {
                break;
            }
        }
        while (at < data.length && data[at] != value) {
            at++;
        }
        return at;
    }

    /** Fails unless {@code count} bytes lie at {@code at}. */
    void need(long at, long count) {
        if (at < 0 || count < 0 || at + count > data.length) {
            throw new ImageException("the file is truncated or corrupt: it refers to byte "
                    + (at + Math.max(1, count) - 1) + " and has " + data.length + " bytes");
        }
    }
}
