package io.github.mgn4j.checkpoint;

/** Pickles written opcode by opcode; each character is a byte. */
final class Pickles {
    private Pickles() {}

    /**
     * {@code {"a": tensor}} of storage 0.
     *
     * @param values the number of values that the storage claims
     * @param offset the tensor's first value
     * @param size opcodes of its size
     * @param stride opcodes of its strides
     */
    static byte[] tensor(String storage, int values, int offset, String size, String stride) {
        return TestFiles.bytes(
                "\u0080\u0002}X" + int32(1) + "a" + rebuild(storage, values, offset, size, stride) + "s.");
    }

    /** Opcodes that push a tensor. */
    static String rebuild(String storage, int values, int offset, String size, String stride) {
        return "ctorch._utils\n_rebuild_tensor_v2\n(" + "(X" + int32(7) + "storage" + "ctorch\n" + storage + "\n"
                + "X" + int32(1) + "0" + "X" + int32(3) + "cpu" + "J" + int32(values) + "tQ"
                + "J" + int32(offset) + size + stride + "\u0089}tR";
    }

    /** Four bytes, little-endian. */
    static String int32(int value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append((char) ((value >>> (8 * i)) & 0xff));
        }
        return text.toString();
    }
}
