package io.github.mgn4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a checkpoint's pickle. Containers are compared by identity, since a pickle can nest them endlessly or in a
 * circle.
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

    /** A dict or OrderedDict. */
    static final class Dict {
        final Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>(0);
    }

    /** The name of a function or class, which is never looked up. */
    record Global(String module, String name) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /**
     * Stands for a Python object that is neither tensor nor container. It has the name of the constructor, which is never
     * called, and the state that the pickle gives it: for most objects a {@link Dict} of their attributes.
     */
    static final class Inert {
        final Global constructor;

        @Nullable
        Object state;

        Inert(Global constructor) {
            this.constructor = constructor;
        }

        /** Returns an attribute; null if the object has no attributes, or none of that name. */
        @Nullable
        Object attribute(String name) {
            Object attributes = state instanceof Sequence both && !both.items.isEmpty() ? both.items.get(0) : state;
            return attributes instanceof Dict dict ? dict.entries.get(name) : null;
        }
    }

    /** Bytes of the file, loaded when they are needed. */
    interface Bytes {
        long size();

        /**
         * Returns all bytes, little-endian, from position 0. They are valid until the file is closed or longer.
         */
        ByteBuffer data() throws IOException;
    }

    /** Values of one type. Equality is identity, since the bytes are many. */
    static final class Storage {
        final String key;
        final DType dtype;
        private final Bytes bytes;
        private final ByteOrder order;

        Storage(String key, DType dtype, Bytes bytes, ByteOrder order) {
            this.key = key;
            this.dtype = dtype;
            this.bytes = bytes;
            this.order = order;
        }

        int values() {
            return (int) (bytes.size() / dtype.bytes());
        }

        ByteOrder order() {
            return order;
        }

        ByteBuffer data() throws IOException {
            return bytes.data().order(order);
        }
    }

    /** A strided view of a storage, not yet read. Offset and strides count values. */
    record TensorView(Storage storage, int offset, List<Integer> shape, List<Long> strides) {}
}
