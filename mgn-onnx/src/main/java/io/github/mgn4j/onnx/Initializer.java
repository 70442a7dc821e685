package io.github.mgn4j.onnx;

import com.google.common.base.Verify;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;

/**
 * A constant of an ONNX graph. Its values are computed when they are written, so that the network is never held in
 * memory twice.
 *
 * @param values in C order; converted to {@code type}
 */
record Initializer(String name, OnnxType type, List<Integer> dims, Supplier<float[]> values) {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int CHUNK = 1 << 13;

    private long count() {
        return dims.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Returns the size of the {@code TensorProto} in bytes. */
    long size() {
        return header().length + count() * type.bytes();
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(header());
        float[] all = values.get();
        Verify.verify(all.length == count(), "%s has %s values, expected %s", name, all.length, count());
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : all) {
            if (!chunk.hasRemaining()) {
                out.write(chunk.array());
                chunk.clear();
            }
            type.put(chunk, value, name);
        }
        out.write(chunk.array(), 0, chunk.position());
    }

    private byte[] header() {
        Proto tensor = new Proto();
        for (int dim : dims) {
            tensor.number(DIMS, dim);
        }
        return tensor.number(DATA_TYPE, type.code())
                .text(NAME, name)
                .lengthDelimited(RAW_DATA, count() * type.bytes())
                .toBytes();
    }
}
