package io.github.mgn4j.gallery;

import io.github.jbellis.jvector.disk.IndexWriter;
import io.github.jbellis.jvector.disk.RandomAccessReader;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Streams in the form in which jvector writes a graph and reads it, from front to back. */
final class IndexStreams {
    private static final int BUFFER = 1 << 16;

    private IndexStreams() {}

    /** A stream that knows how much it was given. */
    static final class Writer extends DataOutputStream implements IndexWriter {
        private long position;

        Writer(OutputStream out) {
            super(new BufferedOutputStream(out, BUFFER));
        }

        @Override
        public synchronized void write(int b) throws IOException {
            super.write(b);
            position++;
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            super.write(bytes, from, length);
            position += length;
        }

        @Override
        public long position() {
            return position;
        }
    }

    /** A reader without a position: a file of more than 2 GiB has no single mapping. */
    record Reader(DataInputStream in) implements RandomAccessReader {
        @Override
        public int readInt() throws IOException {
            return in.readInt();
        }

        @Override
        public float readFloat() throws IOException {
            return in.readFloat();
        }

        @Override
        public long readLong() throws IOException {
            return in.readLong();
        }

        @Override
        public void readFully(byte[] into) throws IOException {
            in.readFully(into);
        }

        @Override
        public void readFully(ByteBuffer into) throws IOException {
            byte[] bytes = new byte[into.remaining()];
            in.readFully(bytes);
            into.put(bytes);
        }

        @Override
        public void readFully(long[] into) throws IOException {
            for (int i = 0; i < into.length; i++) {
                into[i] = in.readLong();
            }
        }

        @Override
        public void read(int[] into, int from, int count) throws IOException {
            for (int i = from; i < from + count; i++) {
                into[i] = in.readInt();
            }
        }

        @Override
        public void read(float[] into, int from, int count) throws IOException {
            for (int i = from; i < from + count; i++) {
                into[i] = in.readFloat();
            }
        }

        @Override
        public void seek(long position) {
            throw new UnsupportedOperationException("a stream is read from front to back");
        }

        @Override
        public long getPosition() {
            throw new UnsupportedOperationException("a stream does not know where it is");
        }

        @Override
        public long length() {
            throw new UnsupportedOperationException("a stream does not know how long it is");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
