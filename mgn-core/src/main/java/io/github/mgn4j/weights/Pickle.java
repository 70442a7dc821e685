package io.github.mgn4j.weights;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's pickle may be made of. Containers have the identity of objects, not of contents: a pickle can
 * nest them without end or in a circle.
 */
final class Pickle {
    private Pickle() {}

    /** A list, tuple or set. */
    static final class Sequence {
        final List<@Nullable Object> items;

        Sequence(List<@Nullable Object> items) {
            this.items = items;
        }

        Sequence() {
            this(new ArrayList<>(0));
        }
    }

    /** A dict or OrderedDict; keys are texts, numbers, truth values or null. */
    static final class Dict {
        final Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>(0);
    }

    /** A function or class that was named: one of those that rebuild tensors, or a storage type. */
    record Global(String module, String name) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** Values of one type in an entry of the archive; equal to itself only, since its bytes are many. */
    static final class Storage {
        final String key;
        final DType dtype;
        final ByteBuffer data;

        Storage(String key, DType dtype, ByteBuffer data) {
            this.key = key;
            this.dtype = dtype;
            this.data = data;
        }

        int values() {
            return data.remaining() / dtype.bytes();
        }
    }

    /** A strided view of a storage, not yet read; offset and strides count values. */
    record TensorView(Storage storage, int offset, List<Integer> shape, List<Long> strides) {}
}
