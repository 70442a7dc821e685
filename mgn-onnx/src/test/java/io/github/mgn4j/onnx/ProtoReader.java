package io.github.mgn4j.onnx;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A protobuf message taken apart: the fields by number, numbers as {@code Long}, the rest as {@code ByteBuffer}. */
final class ProtoReader {
    private final ListMultimap<Integer, Object> fields = ArrayListMultimap.create();

    ProtoReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    private ProtoReader(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            long tag = varint(bytes);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> fields.put(field, varint(bytes));
                case 2 -> {
                    int length = (int) varint(bytes);
                    fields.put(field, bytes.slice(bytes.position(), length));
                    bytes.position(bytes.position() + length);
                }
                default -> throw new IllegalStateException("wire type " + (tag & 7));
            }
        }
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("varint without end");
    }

    long number(int field) {
        return (Long) fields.get(field).get(0);
    }

    List<Long> numbers(int field) {
        return fields.get(field).stream().map(v -> (Long) v).toList();
    }

    String text(int field) {
        return texts(field).get(0);
    }

    List<String> texts(int field) {
        return fields.get(field).stream()
                .map(v -> StandardCharsets.UTF_8
                        .decode(((ByteBuffer) v).duplicate())
                        .toString())
                .toList();
    }

    ProtoReader message(int field) {
        return messages(field).get(0);
    }

    List<ProtoReader> messages(int field) {
        return fields.get(field).stream()
                .map(v -> new ProtoReader(((ByteBuffer) v).duplicate()))
                .toList();
    }

    ByteBuffer bytes(int field) {
        return ((ByteBuffer) fields.get(field).get(0)).duplicate();
    }
}
