package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Features in a file: a header, then float32 little-endian rows. Its length says nothing: while it is written to, it ends with a
 * whole block, most of it a hole, so that every block is mapped once.
 */
final class FeatureFile implements FeatureStore {
    /** Bytes before the first row: a page. */
    static final int START = 4096;

    private static final String KIND = "MGNGFEAT";
    private static final int BUFFER = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final int dims;
    private final int stride;
    private final boolean writable;
    private final ByteBuffer buffer;
    private int written;
    private int buffered;
    private ByteBuffer[] bytes = {};
    private FloatBuffer[] floats = {};

    private FeatureFile(Path file, FileChannel channel, int dims, boolean writable) {
        this.file = file;
        this.channel = channel;
        this.dims = dims;
        this.writable = writable;
        stride = dims * Float.BYTES;
        buffer = writable
                ? ByteBuffer.allocateDirect(Math.max(stride, BUFFER / stride * stride))
                        .order(ByteOrder.LITTLE_ENDIAN)
                : ByteBuffer.allocate(0);
    }

    static FeatureFile create(Path file, int dims, long generation) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer page = ByteBuffer.allocate(START).put(FileHeader.of(KIND, dims, generation));
            FileHeader.writeFully(channel, page.rewind(), 0);
            channel.force(true);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new FeatureFile(file, channel, dims, true);
    }

    /** Opens a file, to be resumed. */
    static FeatureFile open(Path file, int dims, long generation, boolean writable) throws IOException {
        FileChannel channel = writable
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ);
        try {
            FileHeader.check(file, channel, KIND, dims, generation);
            return new FeatureFile(file, channel, dims, writable);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void resume(int rows) throws IOException {
        written = rows;
        check(
                channel.size() >= position(rows),
                "%s: is damaged: has %d bytes, expected at least %d for %d entries",
                file,
                channel.size(),
                position(rows),
                rows);
    }

    private long position(int row) {
        return START + (long) row * stride;
    }

    @Override
    public int append(float[] row) throws IOException {
        if (buffer.remaining() < stride) {
            flush();
        }
        int start = buffer.position();
        buffer.asFloatBuffer().put(row);
        buffer.position(start + stride);
        buffered++;
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start, stride));
        return (int) crc.getValue();
    }

    private void flush() throws IOException {
        FileHeader.writeFully(channel, buffer.flip(), position(written));
        written += buffered;
        buffered = 0;
        buffer.clear();
    }

    @Override
    public void force() throws IOException {
        flush();
        channel.force(false);
    }

    @Override
    public FeatureBlocks blocks(int rows) throws IOException {
        int perBlock = FeatureBlocks.rowsPerBlock(dims);
        int count = (rows + perBlock - 1) / perBlock;
        int before = bytes.length;
        if (count > before) {
            bytes = Arrays.copyOf(bytes, count);
            floats = Arrays.copyOf(floats, count);
        }
        for (int b = Math.max(0, before - 1); b < count; b++) {
            int wanted = Math.min(perBlock, rows - b * perBlock);
            if (bytes[b] == null || bytes[b].capacity() < wanted * stride) {
                map(b, perBlock);
            }
        }
        return new FeatureBlocks(dims, floats.clone(), bytes.clone());
    }

    private void map(int block, int perBlock) throws IOException {
        long start = position(block * perBlock);
        long end = start + (long) perBlock * stride;
        if (writable && channel.size() < end) {
            FileHeader.writeFully(channel, ByteBuffer.allocate(1), end - 1);
        }
        long length = Math.min(end, channel.size()) - start;
        bytes[block] =
                channel.map(MapMode.READ_ONLY, start, length / stride * stride).order(ByteOrder.LITTLE_ENDIAN);
        floats[block] = bytes[block].asFloatBuffer();
    }

    @Override
    public long bytes() {
        return position(written);
    }

    /** Ends the file behind the rows. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (writable && channel.isOpen()) {
                cut();
            }
        }
    }

    private void cut() {
        try {
            channel.truncate(position(written));
        } catch (IOException e) {
            // Windows does not cut a file that is mapped: it stays longer than it need be.
        }
    }
}
