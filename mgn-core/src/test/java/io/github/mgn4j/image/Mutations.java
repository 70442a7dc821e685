package io.github.mgn4j.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/** Damage as fuzzers do it: to bits, bytes, lengths and places, with values that arithmetic goes wrong with. */
final class Mutations {
    private static final int[] AWKWARD = {
        0,
        1,
        2,
        7,
        8,
        63,
        64,
        127,
        128,
        255,
        256,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fffffff,
        0x80000000,
        0xfffffffe,
        -1
    };

    private final List<byte[]> seeds;

    Mutations(List<byte[]> seeds) {
        this.seeds = seeds;
    }

    /** A damaged copy of one of the seeds. */
    byte[] next(Random random) {
        byte[] file = seed(random);
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && file.length > 0; i++) {
            file = mutate(file, random);
        }
        if (random.nextInt(3) > 0) {
            repairPngChecksums(file);
        }
        return file;
    }

    private byte[] seed(Random random) {
        return seeds.get(random.nextInt(seeds.size())).clone();
    }

    private byte[] mutate(byte[] file, Random random) {
        // Headers are where the decisions are.
        int at = random.nextInt(random.nextBoolean() ? Math.min(64, file.length) : file.length);
        int length = 1 + random.nextInt(Math.min(64, file.length - at));
        switch (random.nextInt(8)) {
            case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
            case 1, 2 -> file[at] = (byte) random.nextInt();
            case 3, 4 -> putAwkward(file, at, random);
            case 5 -> {
                return Arrays.copyOf(file, at);
            }
            case 6 -> {
                return splice(file, at, at + (random.nextBoolean() ? length : 0), slice(file, random, length));
            }
            default -> {
                return splice(file, at, at + length, slice(seed(random), random, random.nextInt(64)));
            }
        }
        return file;
    }

    private static void putAwkward(byte[] file, int at, Random random) {
        int value = AWKWARD[random.nextInt(AWKWARD.length)];
        int bytes = 1 << random.nextInt(3);
        boolean little = random.nextBoolean();
        for (int i = 0; i < bytes && at + i < file.length; i++) {
            file[at + i] = (byte) (value >> (8 * (little ? i : bytes - 1 - i)));
        }
    }

    private static byte[] slice(byte[] file, Random random, int length) {
        int from = random.nextInt(file.length);
        return Arrays.copyOfRange(file, from, Math.min(file.length, from + length));
    }

    private static byte[] splice(byte[] file, int from, int to, byte[] middle) {
        return ByteBuffer.allocate(file.length - (to - from) + middle.length)
                .put(file, 0, from)
                .put(middle)
                .put(file, to, file.length - to)
                .array();
    }

    /** Makes the checksums of a PNG's chunks right again, so that what is behind them is tried, too. */
    static void repairPngChecksums(byte[] png) {
        ByteBuffer buffer = ByteBuffer.wrap(png);
        int at = 8;
        while (png.length > 0 && png[0] == (byte) 0x89 && at + 12 <= png.length) {
            int length = buffer.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                return;
            }
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, length + 4);
            buffer.putInt(at + 8 + length, (int) crc.getValue());
            at += length + 12;
        }
    }
}
