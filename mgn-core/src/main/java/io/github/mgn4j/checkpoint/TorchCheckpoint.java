package io.github.mgn4j.checkpoint;

import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads state dicts saved by PyTorch ({@code torch.save} of version 1.6 or later: a zip archive of a pickle and of
 * storages). The pickle is read as data: nothing that it names is ever executed. Python objects beside the state dict are
 * ignored; a state dict with anything but tensors is rejected. Thread-safe.
 */
public final class TorchCheckpoint {
    /**
     * Keys of the state dict in the checkpoints of training programs, beside such entries as {@code epoch}.
     */
    private static final List<String> WRAPPERS = List.of("state_dict", "model");

    private static final String PICKLE = "data.pkl";
    /** An entry that only TorchScript archives have. */
    private static final String SCRIPT = "constants.pkl";

    private static final String DATA_PARALLEL = "module.";

    private TorchCheckpoint() {}

    /**
     * Returns the tensors of a state dict by name, in order and without the {@code module.} that DataParallel puts before every
     * name. The state dict may be the saved object itself or lie in it under {@code state_dict} or {@code model}. Contiguous
     * float32 tensors are views of the mapped file (see {@link TensorFile}); others are copied and converted.
     *
     * @throws WeightsException if the file is damaged or of the format before PyTorch 1.6, or contains no state dict or one
     *     with other Python objects
     * @throws IOException if the file cannot be read
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (MappedFile mapped = MappedFile.open(file)) {
            if (!ZipEntries.isZip(mapped)) {
                throw notZip(mapped);
            }
            ZipEntries zip = ZipEntries.read(mapped);
            try {
                Dict state = stateDict(unpickle(zip));
                return withoutDataParallel(tensors(state, mapped.size()));
            } catch (InternalError e) { // a page of the mapping no longer exists
                throw MappedFile.shorter(file, e);
            } catch (WeightsException e) {
                String message = String.valueOf(e.getMessage());
                throw message.startsWith(file.toString()) ? e : new WeightsException(file + ": " + message, e);
            }
        }
    }

    private static WeightsException notZip(MappedFile file) throws IOException {
        boolean pickle = (file.slice(0, 1).get(0) & 0xff) == 0x80;
        return new WeightsException(
                pickle
                        ? ("%s: a checkpoint in the format before PyTorch 1.6; load it with a current PyTorch and save it"
                                        + " again: torch.save(state_dict, file, _use_new_zipfile_serialization=True)")
                                .formatted(file.path())
                        : file.path() + ": no PyTorch checkpoint (a zip archive was expected"
                                + FileKind.found(file.path()) + ")");
    }

    private static @Nullable Object unpickle(ZipEntries zip) throws IOException {
        Map<String, ZipEntry> entries = zip.entries();
        WeightsException.check(
                entries.keySet().stream().noneMatch(name -> name.endsWith("/" + SCRIPT)),
                "a TorchScript archive; save its state dict: torch.save(model.state_dict(), file)");
        String pickle = entries.keySet().stream()
                .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                .findFirst()
                .orElseThrow(
                        () -> new WeightsException("a zip archive without '" + PICKLE + "': no PyTorch checkpoint"));
        String folder = pickle.substring(0, pickle.length() - PICKLE.length());
        TorchObjects objects =
                new TorchObjects(entries, folder + "data/", byteOrder(entries.get(folder + "byteorder")));
        ZipEntry data = entries.get(pickle);
        return new Unpickler(data == null ? ByteBuffer.allocate(0) : data.data(), objects).load();
    }

    /** Returns the byte order of the saving machine; files without the entry come from little-endian ones. */
    private static ByteOrder byteOrder(@Nullable ZipEntry entry) throws IOException {
        String order = entry == null
                ? "little"
                : StandardCharsets.US_ASCII.decode(entry.data()).toString();
        WeightsException.check(
                order.equals("little") || order.equals("big"), "byteorder '%s', expected 'little' or 'big'", order);
        return order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static Dict stateDict(@Nullable Object root) {
        if (root instanceof Dict dict) {
            for (String wrapper : WRAPPERS) {
                if (dict.entries.get(wrapper) instanceof Dict wrapped) {
                    return wrapped;
                }
            }
            if (dict.entries.values().stream().anyMatch(TensorView.class::isInstance)) {
                return dict;
            }
            for (String wrapper : WRAPPERS) {
                Global constructor = constructor(dict.entries.get(wrapper));
                WeightsException.check(
                        constructor == null,
                        "no state dict: under '%s' is a Python object '%s', which is not read: save its state dict,"
                                + " torch.save(checkpoint['%s'].state_dict(), file)",
                        wrapper,
                        String.valueOf(constructor),
                        wrapper);
            }
            throw new WeightsException(
                    "no state dict: expected tensors by name, or such a dictionary under %s; found keys %s"
                            .formatted(
                                    WRAPPERS,
                                    dict.entries.keySet().stream()
                                            .limit(8)
                                            .map(TorchCheckpoint::text)
                                            .toList()));
        }
        Global constructor = constructor(root);
        WeightsException.check(
                constructor == null,
                "the checkpoint is a Python object '%s'; only tensors and plain containers are read: save a state dict,"
                        + " torch.save(model.state_dict(), file)",
                String.valueOf(constructor));
        throw new WeightsException("no state dict: expected tensors by name, found "
                + (root instanceof TensorView ? "a single tensor" : "another object"));
    }

    /**
     * Returns the constructor of an unread Python object, or a global itself; null for objects that are read.
     */
    private static @Nullable Global constructor(@Nullable Object value) {
        return value instanceof Inert object ? object.constructor() : value instanceof Global global ? global : null;
    }

    /** Returns a key's text for error messages. */
    private static String text(@Nullable Object key) {
        return key == null || key instanceof String || key instanceof Number || key instanceof Boolean
                ? String.valueOf(key)
                : "(an object)";
    }

    private static Map<String, Tensor> tensors(Dict state, long fileSize) throws IOException {
        // Tensors that are not views cost memory. Valid ones have at least one byte of the file for each value (few
        // share theirs); a small file that claims a large tensor of one repeated value does not.
        long budget = 4 * fileSize;
        Map<TensorView, Tensor> byView = new HashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<@Nullable Object, @Nullable Object> entry : state.entries.entrySet()) {
            if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof TensorView view)) {
                throw noTensor(entry.getKey(), constructor(entry.getValue()));
            }
            Tensor tensor = byView.get(view);
            if (tensor == null) {
                budget -= isView(view) ? 0 : values(view);
                WeightsException.check(
                        budget >= 0,
                        "tensor '%s' of shape %s claims more values than the file holds",
                        name,
                        view.shape());
                tensor = tensor(view);
                byView.put(view, tensor);
            }
            tensors.put(name, tensor);
        }
        return tensors;
    }

    private static WeightsException noTensor(@Nullable Object key, @Nullable Global constructor) {
        String name = text(key);
        if (constructor == null) {
            return new WeightsException("entry '%s' of the state dict is no tensor with a name".formatted(name));
        }
        return new WeightsException((constructor.module().startsWith("torch")
                        ? "entry '%s' of the state dict is a '%s'; dense tensors of real numbers are read"
                        : "entry '%s' of the state dict is a Python object '%s'; leave it out: torch.save({k: v for k, v in"
                                + " state_dict.items() if torch.is_tensor(v)}, file)")
                .formatted(name, constructor));
    }

    private static Tensor tensor(TensorView view) throws IOException {
        int bytes = view.storage().dtype.bytes();
        ByteBuffer data = view.storage().data();
        int[] shape = view.shape().stream().mapToInt(Integer::intValue).toArray();
        if (isContiguous(view)) {
            ByteBuffer part = data.slice(view.offset() * bytes, Math.toIntExact(values(view)) * bytes)
                    .order(data.order());
            return Tensor.of(view.storage().dtype.decode(part), shape);
        }
        return Tensor.of(strided(view), shape);
    }

    private static FloatBuffer strided(TensorView view) throws IOException {
        DType dtype = view.storage().dtype;
        ByteBuffer data = view.storage().data();
        float[] values = new float[Math.toIntExact(values(view))];
        int[] index = new int[view.shape().size()];
        int position = view.offset();
        for (int i = 0; i < values.length; i++) {
            values[i] = dtype.read(data, position * dtype.bytes());
            // The next index in C order: the last axis first, with a carry.
            for (int axis = index.length - 1; axis >= 0; axis--) {
                int stride = Math.toIntExact(view.strides().get(axis));
                index[axis]++;
                position += stride;
                if (index[axis] < view.shape().get(axis)) {
                    break;
                }
                position -= index[axis] * stride;
                index[axis] = 0;
            }
        }
        return FloatBuffer.wrap(values);
    }

    private static boolean isView(TensorView view) {
        return view.storage().dtype == DType.F32 && isContiguous(view);
    }

    private static boolean isContiguous(TensorView view) {
        long expected = 1;
        for (int axis = view.shape().size() - 1; axis >= 0; axis--) {
            int size = view.shape().get(axis);
            if (size != 1 && view.strides().get(axis) != expected) {
                return values(view) == 0;
            }
            expected *= size;
        }
        return true;
    }

    private static long values(TensorView view) {
        return view.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Removes {@code module.} from the names as long as every name has it. */
    static Map<String, Tensor> withoutDataParallel(Map<String, Tensor> tensors) {
        int prefix = 0;
        while (!tensors.isEmpty() && startWith(tensors.keySet(), DATA_PARALLEL, prefix)) {
            prefix += DATA_PARALLEL.length();
        }
        Map<String, Tensor> stripped = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            stripped.put(entry.getKey().substring(prefix), entry.getValue());
        }
        return stripped;
    }

    private static boolean startWith(Set<String> names, String prefix, int offset) {
        return names.stream().allMatch(name -> name.startsWith(prefix, offset));
    }
}
