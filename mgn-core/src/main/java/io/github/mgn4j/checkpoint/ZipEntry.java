package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** An entry of a zip archive, with validated bounds. Not thread-safe. */
final class ZipEntry implements Pickle.Bytes {
    private static final int CHUNK = 1 << 16;

    private final MappedFile file;
    private final String name;
    private final long start;
    private final long stored;
    private final int size;
    private final boolean deflated;
    private @Nullable ByteBuffer inflated;

    /**
     * Creates an entry.
     *
     * @param start offset of its bytes in the file
     * @param stored number of bytes in the file
     * @param size number of bytes after inflation
     */
    ZipEntry(MappedFile file, String name, long start, long stored, int size, boolean deflated) {
        this.file = file;
        this.name = name;
        this.start = start;
        this.stored = stored;
        this.size = size;
        this.deflated = deflated;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteBuffer data() throws IOException {
        if (!deflated) {
            return file.slice(start, stored);
        }
        if (inflated == null) {
            ByteBuffer all = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            inflate((bytes, count) -> all.put(bytes, 0, count));
            inflated = all.flip();
        }
        return inflated.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the checksum of the content and checks that it inflates to the claimed size. */
    int checksum() throws IOException {
        CRC32 crc = new CRC32();
        if (deflated) {
            inflate((bytes, count) -> crc.update(bytes, 0, count));
            return (int) crc.getValue();
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, stored));
        for (long done = 0; done < stored; done += chunk.limit()) {
            chunk.clear().limit((int) Math.min(CHUNK, stored - done));
            file.read(start + done, chunk);
            crc.update(chunk.array(), 0, chunk.limit());
        }
        return (int) crc.getValue();
    }

    /** Receives content as it is inflated. */
    private interface Sink {
        void take(byte[] bytes, int count);
    }

    private void inflate(Sink sink) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            byte[] out = new byte[CHUNK];
            long read = 0;
            long total = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    WeightsException.check(
                            read < stored, "%s: bad zip archive: entry '%s' is cut off", file.path(), name);
                    ByteBuffer in = ByteBuffer.allocate((int) Math.min(CHUNK, stored - read));
                    file.read(start + read, in);
                    inflater.setInput(in.array());
                    read += in.capacity();
                }
                int count = inflater.inflate(out);
                total += count;
                WeightsException.check(total <= size && !inflater.needsDictionary(), wrongSize(), file.path(), name);
                sink.take(out, count);
            }
            WeightsException.check(total == size, wrongSize(), file.path(), name);
        } catch (DataFormatException e) {
            throw new WeightsException(
                    "%s: bad zip archive: entry '%s' cannot be inflated".formatted(file.path(), name), e);
        } finally {
            inflater.end();
        }
    }

    private String wrongSize() {
        return "%s: bad zip archive: entry '%s' does not inflate to the " + size + " bytes that it claims";
    }
}
