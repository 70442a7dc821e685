package io.github.mgn4j.checkpoint;

import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/**
 * Writes state dicts as {@code torch.save} of PyTorch 1.6 and later does: a zip archive of stored entries that begin at
 * multiples of 64 bytes. There are no dates, names of machines or the like in it.
 */
final class TorchWriter {
    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;

    /** The first day that the format knows, 1 January 1980. */
    private static final short DATE = 0x21;

    /** The field by which PyTorch pads headers. */
    private static final short PADDING_FIELD = 0x4246;

    private static final int FIELD_HEADER = 4;

    /** Sizes and offsets have 32 bits without the extension zip64. */
    private static final long MAX_BYTES = 0xffffffffL;

    private static final int MAX_ENTRIES = 0xffff;
    private static final int COUNTER_BYTES = Long.BYTES;

    private final WritableByteChannel channel;
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(Safetensors.BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Entry> entries = new ArrayList<>();
    private long position;

    private TorchWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** A written entry. */
    private record Entry(String name, int crc, long size, long offset) {}

    /**
     * Adds a state dict to files that appear together.
     *
     * @param counter whether a name is that of an int64 scalar, which is written as 0, instead of a float32 tensor
     * @throws WeightsException if it is larger than 4 GiB
     */
    static void write(OutputFiles files, Path file, Map<String, Tensor> tensors, Predicate<String> counter)
            throws IOException {
        byte[] pickle = pickle(tensors, counter);
        long size = pickle.length + 2L * ALIGNMENT * (tensors.size() + 8);
        for (Tensor tensor : tensors.values()) {
            size += (long) Float.BYTES * tensor.size() + CENTRAL_SIZE + ALIGNMENT;
        }
        WeightsException.check(
                size <= MAX_BYTES && tensors.size() < MAX_ENTRIES - 8,
                "%s: %s tensors of %s bytes are too many for a .pth file of at most 4 GiB: write a .safetensors file",
                file,
                tensors.size(),
                size);
        files.writeChannel(file, channel -> {
            TorchWriter writer = new TorchWriter(channel);
            writer.bytes("data.pkl", pickle);
            writer.bytes("byteorder", ascii("little"));
            int key = 0;
            for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                String name = "data/" + key++;
                if (counter.test(tensor.getKey())) {
                    writer.bytes(name, new byte[COUNTER_BYTES]);
                } else {
                    writer.values(name, tensor.getValue());
                }
            }
            writer.bytes("version", ascii("3\n"));
            writer.directory();
        });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void bytes(String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        begin(name, crc, content.length);
        put(ByteBuffer.wrap(content));
    }

    private void values(String name, Tensor tensor) throws IOException {
        CRC32 crc = new CRC32();
        Safetensors.chunks(tensor.data(), chunk, crc::update);
        begin(name, crc, (long) Float.BYTES * tensor.size());
        Safetensors.chunks(tensor.data(), chunk, this::put);
    }

    private void begin(String entry, CRC32 crc, long size) throws IOException {
        String name = FOLDER + entry;
        int before = LOCAL_SIZE + name.length() + FIELD_HEADER;
        int padding = (int) (ALIGNMENT - (position + before) % ALIGNMENT) % ALIGNMENT;
        entries.add(new Entry(name, (int) crc.getValue(), size, position));
        ByteBuffer header = ByteBuffer.allocate(before + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(LOCAL_HEADER);
        common(header, (int) crc.getValue(), size, name.length());
        header.putShort((short) (FIELD_HEADER + padding)).put(ascii(name));
        header.putShort(PADDING_FIELD).putShort((short) padding);
        while (header.hasRemaining()) {
            header.put((byte) 'Z');
        }
        put(header.flip());
    }

    /** The fields that an entry's two headers have in common: version 1.0, no flags, stored. */
    private static void common(ByteBuffer header, int crc, long size, int nameLength) {
        header.putShort((short) 10).putShort((short) 0).putShort((short) 0);
        header.putShort((short) 0).putShort(DATE);
        header.putInt(crc).putInt((int) size).putInt((int) size).putShort((short) nameLength);
    }

    private void directory() throws IOException {
        long start = position;
        for (Entry entry : entries) {
            ByteBuffer header =
                    ByteBuffer.allocate(CENTRAL_SIZE + entry.name.length()).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(CENTRAL_HEADER).putShort((short) 10);
            common(header, entry.crc, entry.size, entry.name.length());
            // No extra field, no comment, first disk, no attributes.
            header.putShort((short) 0).putShort((short) 0).putShort((short) 0);
            header.putShort((short) 0).putInt(0).putInt((int) entry.offset).put(ascii(entry.name));
            put(header.flip());
        }
        ByteBuffer end = ByteBuffer.allocate(END_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(END).putInt(0).putShort((short) entries.size()).putShort((short) entries.size());
        end.putInt((int) (position - start)).putInt((int) start).putShort((short) 0);
        put(end.flip());
    }

    private void put(ByteBuffer bytes) throws IOException {
        position += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Returns the pickle, of protocol 2: an OrderedDict of tensors, each with a storage of its own. */
    private static byte[] pickle(Map<String, Tensor> tensors, Predicate<String> counter) {
        Opcodes out = new Opcodes();
        out.raw("\u0080\u0002ccollections\nOrderedDict\n)R(");
        int key = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            boolean count = counter.test(entry.getKey());
            int[] shape = count ? new int[0] : entry.getValue().shape();
            out.text(entry.getKey());
            out.raw("ctorch._utils\n_rebuild_tensor_v2\n((").text("storage");
            out.raw("ctorch\n" + (count ? "LongStorage" : "FloatStorage") + "\n");
            out.text(String.valueOf(key++)).text("cpu");
            out.number(count ? 1 : entry.getValue().size()).raw("tQ").number(0);
            out.tuple(shape).tuple(strides(shape));
            out.raw("\u0089ccollections\nOrderedDict\n)RtR");
        }
        return out.raw("u.").bytes.toByteArray();
    }

    private static int[] strides(int[] shape) {
        int[] strides = new int[shape.length];
        int step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = step;
            step *= Math.max(1, shape[axis]);
        }
        return strides;
    }

    /** The opcodes of a pickle. */
    private static final class Opcodes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /** Adds characters as bytes. */
        Opcodes raw(String latin1) {
            bytes.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Opcodes text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.write('X');
            int32(utf8.length);
            bytes.writeBytes(utf8);
            return this;
        }

        Opcodes number(int value) {
            bytes.write('J');
            int32(value);
            return this;
        }

        Opcodes tuple(int[] values) {
            bytes.write('(');
            for (int value : values) {
                number(value);
            }
            bytes.write('t');
            return this;
        }

        private void int32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }
    }
}
