package io.github.mgn4j.samediff.internal.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array of the graph: given from outside, constant, or computed by a step. Filled in while the plan is made. */
final class Value {
    /** Where an array comes from. */
    enum Kind {
        /** Given with every run. */
        PLACEHOLDER,
        /** A trainable variable of the graph: its array is used as it is, so that updates of it are seen. */
        VARIABLE,
        /** Never changes. */
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
    /** Index of the last step that reads it; the number of steps for outputs of the graph. */
    int lastUse = -1;
    /** The value whose memory this one is a view of, or itself. */
    Value root = this;

    Value(String name, Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    /** Takes an array that exists, and its shape. */
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
