package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.Sequence;
import io.github.mgn4j.checkpoint.Pickle.Storage;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.model.WeightsException;
import java.util.ArrayList;
import java.util.List;
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

    /** The second is that of PyTorch before 0.4. */
    private static final ImmutableSet<Global> TENSORS = ImmutableSet.of(
            new Global("torch._utils", "_rebuild_tensor_v2"), new Global("torch._utils", "_rebuild_tensor"));

    /** The last two are those of PyTorch before 0.4. */
    private static final ImmutableSet<Global> PARAMETERS = ImmutableSet.of(
            new Global("torch._utils", "_rebuild_parameter"),
            new Global("torch._utils", "_rebuild_parameter_with_state"),
            new Global("torch.nn.parameter", "Parameter"),
            new Global("torch.autograd.variable", "Variable"));

    /** A tensor with attributes: the function that rebuilds it, its class, and the function's arguments. */
    private static final ImmutableSet<Global> WITH_ATTRIBUTES = ImmutableSet.of(
            new Global("torch._tensor", "_rebuild_from_type_v2"), new Global("torch._tensor", "_rebuild_from_type"));

    /** Functions of Python 2 and of protocols 0 and 1, whose first argument is the class of the object. */
    private static final ImmutableSet<Global> CONSTRUCTORS = ImmutableSet.of(
            new Global("copy_reg", "_reconstructor"),
            new Global("copyreg", "_reconstructor"),
            new Global("copy_reg", "__newobj__"),
            new Global("copyreg", "__newobj__"));

    private static final ImmutableSet<Global> SETS = ImmutableSet.of(
            new Global("__builtin__", "set"),
            new Global("__builtin__", "frozenset"),
            new Global("builtins", "set"),
            new Global("builtins", "frozenset"));

    private static final int MAX_DIMENSIONS = 64;

    /** Calls copy their arguments, and a pickle can call a thousand times with the same long list. */
    private static final int MAX_COPIED = 1 << 16;

    private static final int MAX_COPIED_OF_LARGE = 1 << 22;

    private final Storages storages;
    private long left;

    /** Takes the storages from {@code storages}; {@code size} is the number of bytes of the pickle or of more. */
    TorchObjects(Storages storages, long size) {
        this.storages = storages;
        this.left = MAX_COPIED + Math.min(size, MAX_COPIED_OF_LARGE);
    }

    /** The values that a pickle refers to, in one of the two file formats. */
    interface Storages {
        /** Returns the number of entries of a storage's persistent id. */
        int idLength();

        /** Returns a storage, or a view of one if the id has an entry for that. */
        Storage storage(DType dtype, String key, long values, List<@Nullable Object> id);

        /** Notes a storage of a type that is not read. */
        void skip(Global type, String key, long values);
    }

    @Override
    public @Nullable Object call(Global function, List<@Nullable Object> arguments) {
        if (function.equals(ORDERED_DICT)) {
            return orderedDict(arguments);
        }
        if (TENSORS.contains(function)) {
            return tensor(arguments);
        }
        if (function.equals(SIZE)) {
            WeightsException.check(arguments.size() == 1, "the pickle makes a torch.Size of no tuple");
            return arguments.get(0);
        }
        if (PARAMETERS.contains(function)) {
            WeightsException.check(
                    !arguments.isEmpty()
                            && (arguments.get(0) instanceof TensorView || arguments.get(0) instanceof Inert),
                    "the pickle makes a parameter of no tensor");
            return arguments.get(0);
        }
        if (SETS.contains(function) && arguments.size() == 1 && arguments.get(0) instanceof Sequence items) {
            return items;
        }
        if (WITH_ATTRIBUTES.contains(function)
                && arguments.size() >= 3
                && arguments.get(0) instanceof Global rebuild
                && TENSORS.contains(rebuild)
                && arguments.get(2) instanceof Sequence all) {
            return tensor(all.items);
        }
        if (CONSTRUCTORS.contains(function) && !arguments.isEmpty() && arguments.get(0) instanceof Global type) {
            return PARAMETERS.contains(type) ? call(type, arguments.subList(1, arguments.size())) : new Inert(type);
        }
        WeightsException.check(!isStorage(function), "the pickle calls '%s', which is no function", function);
        return new Inert(function);
    }

    /** Creates an OrderedDict: empty, or as Python 2 pickles it, of a list of pairs. */
    private Object orderedDict(List<@Nullable Object> arguments) {
        Dict dict = new Dict();
        if (arguments.isEmpty()) {
            return dict;
        }
        WeightsException.check(
                arguments.size() == 1 && arguments.get(0) instanceof Sequence,
                "the pickle makes an OrderedDict of other than a list of pairs");
        List<@Nullable Object> pairs = ((Sequence) arguments.get(0)).items;
        copy(pairs.size());
        for (Object item : pairs) {
            WeightsException.check(
                    item instanceof Sequence pair && pair.items.size() == 2,
                    "the pickle makes an OrderedDict of other than a list of pairs");
            List<@Nullable Object> pair = ((Sequence) item).items;
            dict.entries.put(pair.get(0), pair.get(1));
        }
        return dict;
    }

    private void copy(int items) {
        left -= items;
        WeightsException.check(left >= 0, "the pickle makes more of its lists than it has bytes");
    }

    /**
     * {@code ('storage', type, key, location, number of values[, view])}; the legacy format has classes of modules, too:
     * {@code ('module', class, file, source text)}.
     */
    @Override
    public Object persistent(@Nullable Object id) {
        if (id instanceof Sequence tuple && tuple.items.size() == storages.idLength()) {
            if ("storage".equals(tuple.items.get(0))
                    && tuple.items.get(1) instanceof Global type
                    && tuple.items.get(2) instanceof String key
                    && tuple.items.get(4) instanceof Long values) {
                return storage(type, key, values, tuple.items);
            }
        } else if (id instanceof Sequence tuple
                && tuple.items.size() == 4
                && "module".equals(tuple.items.get(0))
                && tuple.items.get(1) instanceof Global type) {
            return type;
        }
        throw new WeightsException("the pickle has a persistent id that is no storage");
    }

    private Object storage(Global type, String key, long values, List<@Nullable Object> id) {
        WeightsException.check(
                values >= 0 && values <= Integer.MAX_VALUE,
                "storage '%s' claims %s values, at most %s are read",
                key,
                values,
                Integer.MAX_VALUE);
        DType dtype = isStorage(type) ? STORAGES.get(type.name()) : null;
        if (dtype == null) {
            storages.skip(type, key, values);
            return new Inert(type);
        }
        return storages.storage(dtype, key, values, id);
    }

    private static boolean isStorage(Global type) {
        return type.module().equals("torch") && STORAGES.containsKey(type.name());
    }

    /** {@code (storage, offset, size, stride[, requires_grad, hooks[, metadata]])}. */
    private Object tensor(List<@Nullable Object> arguments) {
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
                shape.size() == strides.size(),
                "a tensor of storage '%s' has size %s but strides %s",
                storage.key,
                shape,
                strides);
        return new TensorView(storage, offset(storage, offset, shape, strides), ints(shape), strides);
    }

    /** Checks that a view lies inside its storage, and returns its first value's index. */
    private static int offset(Storage storage, long offset, List<Long> shape, List<Long> strides) {
        boolean empty = shape.contains(0L);
        long values = 1;
        long last = 0;
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
        }
        WeightsException.check(
                offset >= 0 && (empty ? offset <= storage.values() : offset < storage.values() - last),
                "a tensor of storage '%s' with offset %s, size %s and strides %s leaves its %s values",
                storage.key,
                offset,
                shape,
                strides,
                storage.values());
        return (int) offset;
    }

    private List<Long> longs(Sequence sequence) {
        WeightsException.check(sequence.items.size() <= MAX_DIMENSIONS, "a tensor has more than 64 dimensions");
        copy(2 * sequence.items.size());
        List<Long> values = new ArrayList<>(sequence.items.size());
        for (Object item : sequence.items) {
            if (!(item instanceof Long value)) {
                throw new WeightsException("a tensor's size or stride is no integer");
            }
            values.add(value);
        }
        return values;
    }

    private static List<Integer> ints(List<Long> values) {
        return values.stream().map(Long::intValue).toList();
    }
}
