package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.Pickle.Bytes;
import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.Sequence;
import io.github.mgn4j.checkpoint.Pickle.Storage;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.model.WeightsException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The few globals by which PyTorch pickles tensors, and the storages beside the pickle. Other constructed objects, such as
 * the state of a scheduler or a program's arguments, become {@link Inert}.
 */
final class TorchObjects implements Unpickler.Calls {
    private static final ImmutableMap<String, DType> STORAGES = ImmutableMap.<String, DType>builder()
            .put("FloatStorage", DType.F32)
            .put("DoubleStorage", DType.F64)
            .put("HalfStorage", DType.F16)
            .put("BFloat16Storage", DType.BF16)
            .put("LongStorage", DType.I64)
            .put("IntStorage", DType.I32)
            .put("ShortStorage", DType.I16)
            .put("CharStorage", DType.I8)
            .put("ByteStorage", DType.U8)
            .put("BoolStorage", DType.BOOL)
            .buildOrThrow();

    private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");
    private static final Global SIZE = new Global("torch", "Size");
    private static final Global TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
    private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");
    private static final Global PARAMETER_WITH_STATE = new Global("torch._utils", "_rebuild_parameter_with_state");
    private static final int MAX_DIMENSIONS = 64;

    private final Map<String, ? extends Bytes> entries;
    private final String folder;
    private final ByteOrder order;
    private final Map<String, Storage> storages = new HashMap<>();

    /** Takes the storages from the entries {@code folder + key}, with their byte order. */
    TorchObjects(Map<String, ? extends Bytes> entries, String folder, ByteOrder order) {
        this.entries = entries;
        this.folder = folder;
        this.order = order;
    }

    @Override
    public @Nullable Object call(Global function, List<@Nullable Object> arguments) {
        if (function.equals(ORDERED_DICT)) {
            WeightsException.check(arguments.isEmpty(), "the pickle makes an OrderedDict of arguments");
            return new Dict();
        }
        if (function.equals(TENSOR)) {
            return tensor(arguments);
        }
        if (function.equals(SIZE)) {
            WeightsException.check(arguments.size() == 1, "the pickle makes a torch.Size of no tuple");
            return arguments.get(0);
        }
        if (function.equals(PARAMETER) || function.equals(PARAMETER_WITH_STATE)) {
            WeightsException.check(
                    !arguments.isEmpty()
                            && (arguments.get(0) instanceof TensorView || arguments.get(0) instanceof Inert),
                    "the pickle makes a parameter of no tensor");
            return arguments.get(0);
        }
        WeightsException.check(!isStorage(function), "the pickle calls '%s', which is no function", function);
        return new Inert(function);
    }

    /** {@code ('storage', type, key, location, number of values)}. */
    @Override
    public Object persistent(@Nullable Object id) {
        if (id instanceof Sequence tuple
                && tuple.items.size() == 5
                && "storage".equals(tuple.items.get(0))
                && tuple.items.get(1) instanceof Global type
                && tuple.items.get(2) instanceof String key
                && tuple.items.get(4) instanceof Long values) {
            DType dtype = isStorage(type) ? STORAGES.get(type.name()) : null;
            return dtype == null ? new Inert(type) : storage(dtype, key, values);
        }
        throw new WeightsException("the pickle has a persistent id that is no storage");
    }

    private static boolean isStorage(Global type) {
        return type.module().equals("torch") && STORAGES.containsKey(type.name());
    }

    private Storage storage(DType dtype, String key, long values) {
        Bytes data = entries.get(folder + key);
        if (data == null) {
            throw new WeightsException("storage '%s' is missing: no entry '%s'".formatted(key, folder + key));
        }
        WeightsException.check(
                values >= 0 && values <= Integer.MAX_VALUE && values * dtype.bytes() == data.size(),
                "storage '%s' has %s bytes, %s values of type %s were expected",
                key,
                data.size(),
                values,
                dtype);
        Storage storage = storages.computeIfAbsent(key, k -> new Storage(k, dtype, data, order));
        WeightsException.check(storage.dtype == dtype, "storage '%s' is of two types", key);
        return storage;
    }

    /** {@code (storage, offset, size, stride, requires_grad, hooks[, metadata])}. */
    private static Object tensor(List<@Nullable Object> arguments) {
        if (!arguments.isEmpty() && arguments.get(0) instanceof Inert other) {
            return other; // complex or quantised values
        }
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof Storage storage)
                || !(arguments.get(1) instanceof Long offset)
                || !(arguments.get(2) instanceof Sequence size)
                || !(arguments.get(3) instanceof Sequence stride)) {
            throw new WeightsException("the pickle rebuilds a tensor from other than storage, offset, size and stride");
        }
        List<Long> shape = longs(size);
        List<Long> strides = longs(stride);
        WeightsException.check(
                shape.size() == strides.size() && shape.size() <= MAX_DIMENSIONS,
                "a tensor of storage '%s' has size %s but strides %s",
                storage.key,
                shape,
                strides);
        boolean empty = shape.contains(0L);
        long values = 1;
        long last = 0;
        List<Integer> dims = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            long dim = shape.get(i);
            long step = strides.get(i);
            WeightsException.check(
                    dim >= 0
                            && dim <= Integer.MAX_VALUE
                            && (values == 0 || dim <= Integer.MAX_VALUE / values)
                            && step >= 0
                            && step <= Integer.MAX_VALUE,
                    "a tensor of storage '%s' has an impossible size %s or strides %s",
                    storage.key,
                    shape,
                    strides);
            values *= dim;
            last += Math.max(0, dim - 1) * step;
            WeightsException.check(
                    empty || last < storage.values(),
                    "a tensor of storage '%s' with size %s and strides %s leaves its %s values",
                    storage.key,
                    shape,
                    strides,
                    storage.values());
            dims.add((int) dim);
        }
        WeightsException.check(
                offset >= 0 && (empty ? offset <= storage.values() : offset < storage.values() - last),
                "a tensor of storage '%s' with offset %s, size %s and strides %s leaves its %s values",
                storage.key,
                offset,
                shape,
                strides,
                storage.values());
        return new TensorView(storage, offset.intValue(), dims, strides);
    }

    private static List<Long> longs(Sequence sequence) {
        WeightsException.check(sequence.items.size() <= MAX_DIMENSIONS, "a tensor has more than 64 dimensions");
        List<Long> values = new ArrayList<>();
        for (Object item : sequence.items) {
            if (!(item instanceof Long value)) {
                throw new WeightsException("a tensor's size or stride is no integer");
            }
            values.add(value);
        }
        return values;
    }
}
