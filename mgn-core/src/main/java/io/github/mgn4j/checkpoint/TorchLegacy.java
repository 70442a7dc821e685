package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.Pickle.Bytes;
import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.Sequence;
import io.github.mgn4j.checkpoint.Pickle.Storage;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file format before PyTorch 1.6: five pickles in a row (a magic number, a version, facts about the saving machine, the
 * object, the keys of its storages) and then, in the order of the keys, each storage's number of values and its values.
 *
 * <p>PyTorch writes the values little-endian on every machine. The numbers before them are 64 bits wide, and in files of
 * versions before 1.0 in the order of the machine.
 */
final class TorchLegacy implements TorchObjects.Storages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    /** The same in pickle protocol 1, which has no opcode for so large a number. */
    private static final byte[] TEXT_MAGIC = ("L" + MAGIC + "L\n.").getBytes(StandardCharsets.US_ASCII);

    private static final long VERSION = 1001;
    private static final int ID_LENGTH = 6;
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

    /** A pickle is read through one window of the file. */
    private static final long LONGEST_PICKLE = 1L << 30;

    /** Bytes per value of the types that are not read, but that may lie between others. */
    private static final ImmutableMap<String, Integer> OTHER_TYPES = ImmutableMap.of(
            "ComplexFloatStorage", 8,
            "ComplexDoubleStorage", 16,
            "QInt8Storage", 1,
            "QUInt8Storage", 1,
            "QInt32Storage", 4,
            "QUInt4x2Storage", 1,
            "QUInt2x4Storage", 1,
            "UntypedStorage", 1);

    private final MappedFile file;
    private final Map<String, Root> roots = new LinkedHashMap<>();
    private final Map<Part, Storage> storages = new HashMap<>();
    private long position;

    private TorchLegacy(MappedFile file) {
        this.file = file;
    }

    /** Returns whether a file begins as such a file or as another pickle, or is of a still older format. */
    static boolean begins(MappedFile file) throws IOException {
        return (file.slice(0, 1).get(0) & 0xff) == 0x80 || startsWith(file, TEXT_MAGIC) || isTar(file);
    }

    private static boolean startsWith(MappedFile file, byte[] start) throws IOException {
        return file.size() >= start.length && file.slice(0, start.length).equals(ByteBuffer.wrap(start));
    }

    private static boolean isTar(MappedFile file) {
        return FileKind.of(file.path()).filter(kind -> kind == FileKind.TAR).isPresent();
    }

    /** Returns the object that a file holds. */
    static @Nullable Object read(MappedFile file) throws IOException {
        WeightsException.check(
                !isTar(file),
                "a tar archive, the format before PyTorch 0.1.10 (2017), which is not read; load it with PyTorch and save"
                        + " its state dict: torch.save(state_dict, file)");
        return new TorchLegacy(file).read();
    }

    private @Nullable Object read() throws IOException {
        WeightsException.check(
                MAGIC.equals(next(new Plain())),
                "a Python pickle without PyTorch's magic number: torch.save did not write it; load it in Python, and save"
                        + " its tensors: torch.save(state_dict, file)");
        Object version = next(new Plain());
        WeightsException.check(
                Long.valueOf(VERSION).equals(version),
                "of version %s of the format, %s is known",
                text(version),
                VERSION);
        boolean bigEndian =
                next(new Plain()) instanceof Dict machine && Boolean.FALSE.equals(machine.entries.get("little_endian"));
        Object object = next(new TorchObjects(this, file.size() - position));
        if (!(next(new Plain()) instanceof Sequence keys)) {
            throw new WeightsException("behind the object is no list of storages");
        }
        locate(keys, bigEndian);
        return object;
    }

    private static String text(@Nullable Object version) {
        return version instanceof Long number ? number.toString() : "(no number)";
    }

    private @Nullable Object next(Unpickler.Calls calls) throws IOException {
        Unpickler pickle = new Unpickler(file.slice(position, Math.min(LONGEST_PICKLE, file.size() - position)), calls);
        Object object = pickle.load();
        position += pickle.position();
        return object;
    }

    /** The calls of a pickle without tensors. */
    private static final class Plain implements Unpickler.Calls {
        @Override
        public Object call(Global function, List<@Nullable Object> arguments) {
            return new Inert(function);
        }

        @Override
        public Object persistent(@Nullable Object id) {
            throw new WeightsException("a pickle beside the object refers to storages");
        }
    }

    /** Gives the storages their places behind the pickles. */
    private void locate(Sequence keys, boolean bigEndian) throws IOException {
        String last = "";
        for (Object item : keys.items) {
            last = item instanceof String key ? key : "(no text)";
            Root root = roots.get(last);
            if (root == null) {
                throw new WeightsException("storage '%s' is surplus: no tensor refers to it".formatted(last));
            }
            WeightsException.check(root.start < 0, "storage '%s' occurs twice", last);
            WeightsException.check(
                    file.size() - position - Long.BYTES >= root.size,
                    "the file is cut off: storage '%s' of %s values begins at byte %s of %s",
                    last,
                    root.values(),
                    position,
                    file.size());
            long count = file.slice(position, Long.BYTES).getLong(0);
            WeightsException.check(
                    count == root.values() || (bigEndian && Long.reverseBytes(count) == root.values()),
                    "storage '%s' has %s values, %s were expected",
                    last,
                    count,
                    root.values());
            root.start = position + Long.BYTES;
            position = root.start + root.size;
        }
        roots.forEach((key, root) ->
                WeightsException.check(root.start >= 0, "storage '%s' is missing from the list of storages", key));
        WeightsException.check(
                position == file.size(),
                "%s bytes are surplus behind the last storage '%s'",
                file.size() - position,
                last);
    }

    @Override
    public int idLength() {
        return ID_LENGTH;
    }

    @Override
    public Storage storage(DType dtype, String key, long values, List<@Nullable Object> id) {
        Root root = root(new Global("torch", dtype.name()), dtype.bytes(), key, values);
        Part part = part(root, key, id.get(ID_LENGTH - 1));
        return storages.computeIfAbsent(part, p -> new Storage(key, dtype, p, ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public void skip(Global type, String key, long values) {
        Integer bytes = OTHER_TYPES.get(type.name());
        if (bytes == null || !type.module().startsWith("torch")) {
            throw new WeightsException("storage '%s' is of an unknown type '%s'".formatted(key, type));
        }
        root(type, bytes, key, values);
    }

    private Root root(Global type, int bytes, String key, long values) {
        WeightsException.check(
                values * bytes <= MOST_BYTES && values * bytes <= file.size(),
                "storage '%s' claims %s values of %s bytes, the file has %s bytes",
                key,
                values,
                bytes,
                file.size());
        Root root = roots.computeIfAbsent(key, k -> new Root(file, type, bytes, values * bytes));
        WeightsException.check(root.type.equals(type), "storage '%s' is of two types", key);
        WeightsException.check(
                root.size == values * bytes, "storage '%s' is of two sizes, %s and %s", key, root.values(), values);
        return root;
    }

    /** Returns the part of a storage that an id means: {@code (key of the view, offset, size)}, or None for all. */
    private static Part part(Root root, String key, @Nullable Object view) {
        if (view == null) {
            return new Part(root, 0, root.size);
        }
        if (!(view instanceof Sequence tuple)
                || tuple.items.size() != 3
                || !(tuple.items.get(1) instanceof Long offset)
                || !(tuple.items.get(2) instanceof Long size)) {
            throw new WeightsException("storage '%s' has a view that is not key, offset and size".formatted(key));
        }
        WeightsException.check(
                offset >= 0 && size >= 0 && offset <= root.values() && size <= root.values() - offset,
                "a view of storage '%s' with offset %s and size %s leaves its %s values",
                key,
                offset,
                size,
                root.values());
        return new Part(root, offset * root.width, size * root.width);
    }

    /** A whole storage, whose place in the file is known once all pickles are read. Equality is identity. */
    private static final class Root {
        private final MappedFile file;
        private final Global type;
        private final int width;
        private final long size;
        private long start = -1;

        Root(MappedFile file, Global type, int width, long size) {
            this.file = file;
            this.type = type;
            this.width = width;
            this.size = size;
        }

        long values() {
            return size / width;
        }
    }

    /** Bytes of a storage. */
    private record Part(Root root, long offset, long size) implements Bytes {
        @Override
        public ByteBuffer data() throws IOException {
            return root.file.slice(root.start + offset, size);
        }
    }
}
