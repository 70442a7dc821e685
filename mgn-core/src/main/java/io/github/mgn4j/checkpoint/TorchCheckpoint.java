package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tensors of checkpoints saved by PyTorch ({@code torch.save}): the zip archives of version 1.6 and later, and
 * the files of earlier versions, which are five pickles followed by the values. Pickles are read as data: nothing that they
 * name is ever executed. Python objects beside the state dict are ignored; a state dict with anything but tensors is
 * rejected. A pickled module ({@code torch.save(model)}) is read by its attributes. Thread-safe.
 */
public final class TorchCheckpoint {
    private static final String DATA_PARALLEL = "module.";

    /** What PyTorch's functions for unread tensors rebuild, for messages. */
    private static final ImmutableMap<String, String> KINDS = ImmutableMap.<String, String>builder()
            .put("_rebuild_qtensor", "a quantised tensor")
            .put("_rebuild_sparse_tensor", "a sparse tensor")
            .put("_rebuild_sparse_csr_tensor", "a sparse tensor")
            .put("_rebuild_nested_tensor", "a nested tensor")
            .put("_rebuild_meta_tensor_no_storage", "a meta tensor, which has no values")
            .put("_rebuild_wrapper_subclass", "a tensor subclass")
            .put("ComplexFloatStorage", "a complex tensor")
            .put("ComplexDoubleStorage", "a complex tensor")
            .put("QInt8Storage", "a quantised tensor")
            .put("QUInt8Storage", "a quantised tensor")
            .put("QInt32Storage", "a quantised tensor")
            .buildOrThrow();

    private TorchCheckpoint() {}

    /**
     * Returns the tensors of a state dict by name, in order and without the {@code module.} that DataParallel puts before every
     * name. The state dict may be the saved object itself, or lie in it under a usual key such as {@code state_dict} or
     * {@code model}; a module may stand for it. Contiguous float32 tensors are views of the mapped file (see
     * {@link TensorFile}); others are copied and converted.
     *
     * @throws WeightsException if the file is damaged or of the tar format before PyTorch 0.1.10, or contains no state dict or
     *     one with other Python objects
     * @throws IOException if the file cannot be read
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (MappedFile mapped = MappedFile.open(file)) {
            boolean zip = ZipEntries.isZip(mapped);
            WeightsException.check(
                    zip || TorchLegacy.begins(mapped),
                    "%s: no PyTorch checkpoint (a zip archive or pickles were expected%s)",
                    file,
                    FileKind.found(file));
            try {
                Dict state = StateDicts.find(zip ? TorchZip.read(mapped) : TorchLegacy.read(mapped));
                return withoutDataParallel(tensors(state, mapped.size()));
            } catch (InternalError e) { // a page of the mapping no longer exists
                throw MappedFile.shorter(file, e);
            } catch (WeightsException e) {
                String message = String.valueOf(e.getMessage());
                throw message.startsWith(file.toString()) ? e : new WeightsException(file + ": " + message, e);
            }
        }
    }

    /** Returns whether a file is to be read as a checkpoint of PyTorch, if only to name what is wrong with it. */
    static boolean begins(MappedFile file) throws IOException {
        return ZipEntries.isZip(file) || TorchLegacy.begins(file);
    }

    private static Map<String, Tensor> tensors(Dict state, long fileSize) throws IOException {
        // Tensors that are not views cost memory. Valid ones have at least one byte of the file for each value (few
        // share theirs); a small file that claims a large tensor of one repeated value does not.
        long budget = 4 * fileSize;
        Map<TensorView, Tensor> byView = new HashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<@Nullable Object, @Nullable Object> entry : state.entries.entrySet()) {
            if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof TensorView view)) {
                throw noTensor(entry.getKey(), StateDicts.constructor(entry.getValue()));
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
        String name = StateDicts.text(key);
        if (constructor == null) {
            return new WeightsException("entry '%s' of the state dict is no tensor with a name".formatted(name));
        }
        if (constructor.module().startsWith("torch")) {
            String kind = KINDS.get(constructor.name());
            return new WeightsException("entry '%s' of the state dict is %s; dense tensors of real numbers are read"
                    .formatted(name, kind == null ? "a '" + constructor + "'" : kind + " (" + constructor + ")"));
        }
        return new WeightsException(
                ("entry '%s' of the state dict is a Python object '%s'; leave it out: torch.save({k: v for"
                                + " k, v in state_dict.items() if torch.is_tensor(v)}, file)")
                        .formatted(name, constructor));
    }

    private static Tensor tensor(TensorView view) throws IOException {
        int bytes = view.storage().dtype.bytes();
        ByteBuffer data = view.storage().data();
        int[] shape = view.shape().stream().mapToInt(Integer::intValue).toArray();
        if (isContiguous(view) && (isView(view) || view.storage().dtype != DType.F32)) {
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
        return view.storage().dtype == DType.F32
                && view.storage().order() == ByteOrder.LITTLE_ENDIAN // engines take the address of the values
                && isContiguous(view);
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
