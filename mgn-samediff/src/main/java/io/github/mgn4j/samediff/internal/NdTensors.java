package io.github.mgn4j.samediff.internal;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.spec.Parameter;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Converts between the tensors of model files, in PyTorch's layout, and the arrays of the graphs. Convolution weights
 * {@code [out, in, kH, kW]} become {@code [kH, kW, in, out]} (YXIO, the only format whose gradient works in NHWC and
 * NCHW), linear weights {@code [out, in]} become {@code [in, out]}; vectors stay unchanged.
 */
public final class NdTensors {
    private NdTensors() {}

    /** Returns a new array in C order with a parameter's values, which the caller must close. */
    public static INDArray toArray(Parameter.Kind kind, Tensor tensor, DataType type) {
        int[] s = tensor.shape();
        float[] from = tensor.toArray();
        float[] to = from;
        long[] shape = Arrays.stream(s).asLongStream().toArray();
        switch (kind) {
            case CONV_WEIGHT -> {
                to = transpose(from, s[0], s[1] * s[2] * s[3]);
                to = swapInner(to, s[1], s[2] * s[3], s[0]);
                shape = new long[] {s[2], s[3], s[1], s[0]};
            }
            case LINEAR_WEIGHT -> {
                to = transpose(from, s[0], s[1]);
                shape = new long[] {s[1], s[0]};
            }
            default -> {}
        }
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        array.data().asNioFloat().put(to);
        if (type == DataType.FLOAT) {
            return array;
        }
        INDArray cast = array.castTo(type);
        array.close();
        return cast;
    }

    /** Returns a copy of an array as a tensor in PyTorch's layout. */
    public static Tensor toTensor(Parameter.Kind kind, INDArray array) {
        float[] from = array.dup('c').data().asFloat();
        long[] s = array.shape();
        return switch (kind) {
            case CONV_WEIGHT -> {
                int kernel = Math.toIntExact(s[0] * s[1]);
                int in = Math.toIntExact(s[2]);
                int out = Math.toIntExact(s[3]);
                float[] to = transpose(swapInner(from, kernel, in, out), in * kernel, out);
                yield Tensor.of(to, out, in, (int) s[0], (int) s[1]);
            }
            case LINEAR_WEIGHT -> Tensor.of(transpose(from, (int) s[0], (int) s[1]), (int) s[1], (int) s[0]);
            default ->
                Tensor.of(from, Arrays.stream(s).mapToInt(Math::toIntExact).toArray());
        };
    }

    /** Transposes {@code [rows, columns]} to {@code [columns, rows]}, in tiles that fit the cache. */
    private static float[] transpose(float[] from, int rows, int columns) {
        int tile = 32;
        float[] to = new float[from.length];
        for (int r0 = 0; r0 < rows; r0 += tile) {
            int r1 = Math.min(rows, r0 + tile);
            for (int c0 = 0; c0 < columns; c0 += tile) {
                int c1 = Math.min(columns, c0 + tile);
                for (int c = c0; c < c1; c++) {
                    for (int r = r0; r < r1; r++) {
                        to[c * rows + r] = from[r * columns + c];
                    }
                }
            }
        }
        return to;
    }

    /** Transposes {@code [a, b, inner]} to {@code [b, a, inner]}. */
    private static float[] swapInner(float[] from, int a, int b, int inner) {
        float[] to = new float[from.length];
        for (int i = 0; i < a; i++) {
            for (int j = 0; j < b; j++) {
                System.arraycopy(from, (i * b + j) * inner, to, (j * a + i) * inner, inner);
            }
        }
        return to;
    }
}
