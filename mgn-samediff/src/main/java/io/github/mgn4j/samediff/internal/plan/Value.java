package io.github.mgn4j.samediff.internal.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array of the graph: a placeholder, a constant, or the result of a step. Filled in during planning.
 */
final class Value {
    /** The origin of an array. */
    enum Kind {
        /** Provided for each run. */
        PLACEHOLDER,
        /** A trainable variable of the graph, used without copying, so that updates are visible. */
        VARIABLE,
        /** Constant. */
        CONSTANT,
        COMPUTED
    }

    final String name;
    Kind kind;
    /** The array of a constant or variable; later, that of the plan. */
    @Nullable
    INDArray array;

    long[] shape = {};
    DataType type = DataType.FLOAT;
    /** Index of the last step that reads the value; the number of steps for outputs of the graph. */
    int lastUse = -1;
    /** The value whose memory this one is a view of, or itself. */
    Value root = this;

    Value(String name, Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    /** Takes an existing array and its shape. */
    void hold(INDArray existing) {
        array = existing;
        shape = existing.shape();
        type = existing.dataType();
    }

    long length() {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        return length;
    }

    boolean isComputed() {
        return kind == Kind.COMPUTED;
    }

    /** Returns an array of this shape over a buffer, from an index on. */
    INDArray over(DataBuffer buffer, long offset) {
        return Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), offset, 'c', type);
    }

    /** Returns the address of the elements, which lie without gaps. */
    long address() {
        INDArray of = requireArray();
        return of.data().address() + of.offset() * of.data().getElementSize();
    }

    INDArray requireArray() {
        if (array == null) {
            throw new IllegalStateException("'" + name + "' has no array yet");
        }
        return array;
    }

    @Override
    public String toString() {
        return name;
    }
}
