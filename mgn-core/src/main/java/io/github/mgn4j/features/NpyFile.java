package io.github.mgn4j.features;

import com.google.common.base.Preconditions;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Reads and writes features as NumPy files ({@code .npy}). Reads float32 and float64 of either byte order, in C and Fortran
 * order, format versions 1 to 3. Writes float32 in C order, version 1, which {@code numpy.load} reads. Thread-safe.
 */
public final class NpyFile {
    private static final int BUFFER = 1 << 20;

    private NpyFile() {}

    /** Receives the rows of a file, one by one, each of length {@code dims}. */
    @FunctionalInterface
    public interface RowSink {
        /** Appends one row, which is written before this method returns. */
        void append(float[] row) throws IOException;
    }

    /** Produces the rows of a file. */
    @FunctionalInterface
    public interface RowSource {
        /** Passes all rows to the sink, in order. */
        void writeTo(RowSink sink) throws IOException;
    }

    /**
     * Reads a matrix. Values of type float64 are rounded to float32.
     *
     * @throws FeatureException if the file is not such a file, its length contradicts its header, or a value is NaN, infinite
     *     or exceeds the range of float32
     * @throws IOException if the file cannot be read
     */
    public static FeatureMatrix read(Path file) throws IOException {
        return readMarked(file).features();
    }

    /**
     * A matrix and the mark of the table that it was written with.
     *
     * @param mark {@link FeatureTable#mark()}; 0 if there is none
     */
    record Marked(FeatureMatrix features, long mark) {}

    static Marked readMarked(Path file) throws IOException {
        FeatureException.checkFile(file, "a NumPy file (.npy)");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            NpyHeader header = NpyHeader.read(file, channel);
            float[] data = new float[header.rows() * header.dims()];
            readValues(file, channel, header, data);
            return new Marked(FeatureMatrix.of(data, header.rows(), header.dims()), header.mark());
        }
    }

    private static void readValues(Path file, FileChannel channel, NpyHeader header, float[] data) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, Math.max(8L, 8L * data.length)))
                .order(header.order());
        channel.position(header.offset());
        boolean inPlace = header.itemSize() == Float.BYTES && !header.fortran();
        int i = 0;
        while (i < data.length) {
            if (channel.read(buffer) < 0) {
                throw new IOException(FileNames.text(file) + ": became shorter while it was read");
            }
            buffer.flip();
            if (inPlace) {
                FloatBuffer values = buffer.asFloatBuffer();
                int count = Math.min(values.remaining(), data.length - i);
                values.get(data, i, count);
                buffer.position(count * Float.BYTES);
                checkFinite(file, header, data, i, i + count);
                i += count;
            }
            boolean floats = header.itemSize() == Float.BYTES;
            for (; buffer.remaining() >= header.itemSize() && i < data.length; i++) {
                double value = floats ? buffer.getFloat() : buffer.getDouble();
                float rounded = (float) value;
                if (!Float.isFinite(rounded)) {
                    throw notFinite(file, header, i, value);
                }
                data[header.fortran() ? i % header.rows() * header.dims() + i / header.rows() : i] = rounded;
            }
            buffer.compact();
        }
    }

    private static void checkFinite(Path file, NpyHeader header, float[] data, int from, int to) {
        int largest = 0;
        for (int i = from; i < to; i++) { // a loop that HotSpot vectorises
            largest = Math.max(largest, Float.floatToRawIntBits(data[i]) & Integer.MAX_VALUE);
        }
        if (largest >= Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
            for (int i = from; i < to; i++) {
                if (!Float.isFinite(data[i])) {
                    throw notFinite(file, header, i, data[i]);
                }
            }
        }
    }

    /**
     * Returns the exception for the file's value {@code i}. Not a {@code check}, which would box its arguments for every value.
     */
    private static FeatureException notFinite(Path file, NpyHeader header, int i, double value) {
        return new FeatureException(String.format(
                Locale.ROOT,
                "%s: row %d, column %d is %s, expected a finite float32 value",
                FileNames.text(file),
                header.fortran() ? i % header.rows() : i / header.dims(),
                header.fortran() ? i / header.rows() : i % header.dims(),
                value));
    }

    /**
     * Writes a matrix; the file appears complete or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, FeatureMatrix features) throws IOException {
        int dims = features.dims();
        writeRows(file, dims, sink -> {
            for (int i = 0; i < features.rows(); i++) {
                sink.append(features.row(i));
            }
        });
    }

    /**
     * Writes rows one by one without holding them; their number need not be known. The file appears when the source returns, or
     * not at all.
     *
     * @throws IllegalArgumentException from the sink if a row does not have length {@code dims}
     * @throws IOException if the file cannot be written, or from the source
     */
    public static void writeRows(Path file, int dims, RowSource source) throws IOException {
        checkDims(dims);
        AtomicFile.writeChannel(file, channel -> {
            Rows rows = new Rows(channel, NpyHeader.write(0, dims), dims);
            source.writeTo(rows);
            rows.finish(NpyHeader.write(rows.count(), dims));
        });
    }

    static void checkDims(int dims) {
        Preconditions.checkArgument(dims >= 1, "dims is %s, must be at least 1", dims);
    }

    /** Writes rows behind a header, which is written again once their number is known. */
    static final class Rows implements RowSink {
        private final SeekableByteChannel channel;
        private final int dims;
        private final ByteBuffer buffer;
        private int count;

        Rows(SeekableByteChannel channel, ByteBuffer header, int dims) throws IOException {
            this.channel = channel;
            this.dims = dims;
            buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(header);
        }

        int count() {
            return count;
        }

        void finish(ByteBuffer header) throws IOException {
            flush();
            channel.position(0);
            channel.write(header);
        }

        @Override
        public void append(float[] row) throws IOException {
            Preconditions.checkArgument(
                    row.length == dims, "row %s has %s values, expected %s", count, row.length, dims);
            for (float value : row) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                buffer.putFloat(value);
            }
            count++;
        }

        private void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }
}
