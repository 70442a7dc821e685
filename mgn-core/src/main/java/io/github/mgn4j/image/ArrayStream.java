package io.github.mgn4j.image;

import javax.imageio.stream.ImageInputStreamImpl;

/** The beginning of an array as an input stream for ImageIO, whose own streams would copy the array. */
final class ArrayStream extends ImageInputStreamImpl {
    private final byte[] bytes;
    private final int length;

    ArrayStream(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    @Override
    public int read() {
        bitOffset = 0;
        return streamPos < length ? bytes[(int) streamPos++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int count) {
        bitOffset = 0;
        if (streamPos >= length) {
            return -1;
        }
        int read = (int) Math.min(count, length - streamPos);
        System.arraycopy(bytes, (int) streamPos, target, from, read);
        streamPos += read;
        return read;
    }

    @Override
    public long length() {
        return length;
    }
}
