package io.github.mgn4j.train;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;

/** The few array operations that the trainer needs beyond ND4J's own. */
final class Nd {
    private Nd() {}

    /** {@code target += factor * addend}, without a temporary array. */
    static void addScaled(INDArray target, double factor, INDArray addend) {
        if (factor != 0) {
            Nd4j.getExecutioner().exec(new Axpy(addend, target, target, factor));
        }
    }

    /** Copies as many values as the array has. */
    static void fill(INDArray array, FloatBuffer values) {
        if (array.dataType() == DataType.FLOAT) {
            array.data().asNioFloat().put(values.duplicate());
        } else {
            float[] copy = new float[values.remaining()];
            values.duplicate().get(copy);
            try (INDArray floats = Nd4j.createFromArray(copy)) {
                array.assign(floats.reshape(array.shape()));
            }
        }
    }

    static INDArray named(Map<String, INDArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), () -> "no array named '" + name + "'");
    }

    /** Frees an array's memory if it is its own. */
    static void close(INDArray array) {
        if (array.closeable() && !array.wasClosed()) {
            array.close();
        }
    }
}
