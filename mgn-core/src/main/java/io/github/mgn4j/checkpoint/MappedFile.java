package io.github.mgn4j.checkpoint;

import io.github.mgn4j.internal.io.InputFile;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of any size through memory maps. A map outlives {@link #close()} and is freed with the last buffer created
 * from it. Not thread-safe.
 */
final class MappedFile implements AutoCloseable {
    /**
     * Windows start at multiples of this and are twice as long, so that a range of this length lies in one.
     */
    private static final long WINDOW = 1L << 30;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final Map<Long, ByteBuffer> windows = new HashMap<>();

    private MappedFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    /**
     * Opens a file.
     *
     * @throws WeightsException if it is missing, not a regular file or empty
     */
    static MappedFile open(Path path) throws IOException {
        WeightsException.check(!Files.notExists(path), "%s: no such file", path);
        String obstacle = InputFile.obstacle(path).orElse("");
        WeightsException.check(obstacle.isEmpty(), "%s: %s, expected a file of weights", path, obstacle);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            WeightsException.check(channel.size() > 0, "%s is empty", path);
            return new MappedFile(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /**
     * Returns a read-only little-endian view of a range of the file.
     *
     * @throws WeightsException if the range is not inside the file or longer than 2 GiB - 1
     */
    ByteBuffer slice(long offset, long length) throws IOException {
        WeightsException.check(
                offset >= 0 && length >= 0 && offset <= size && length <= size - offset,
                "%s: %s bytes at offset %s expected, the file has %s",
                path,
                length,
                offset,
                size);
        WeightsException.check(
                length <= Integer.MAX_VALUE, "%s: a tensor of %s bytes, at most 2 GiB are read", path, length);
        if (length > WINDOW) {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        }
        long start = offset / WINDOW * WINDOW;
        ByteBuffer window = windows.get(start);
        if (window == null) {
            long end = Math.min(size, start + 2 * WINDOW - 1);
            window = channel.map(FileChannel.MapMode.READ_ONLY, start, end - start);
            windows.put(start, window);
        }
        return window.slice((int) (offset - start), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Copies bytes from a position of the file until the buffer is full. Checksums and inflation use such copies: if the file
     * becomes shorter, native code that reads a mapping would terminate the process.
     *
     * @throws WeightsException if the file is too short
     */
    void read(long position, ByteBuffer into) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw shorter(path, null);
            }
            at += count;
        }
    }

    /** Returns the exception for a file that has become shorter. */
    static WeightsException shorter(Path path, @Nullable Throwable cause) {
        return new WeightsException(path + ": became shorter while it was read", cause);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
