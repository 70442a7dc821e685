package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Computes products by ND4J's {@code matmul} on a CPU. Its oneDNN is several times faster than the OpenBLAS behind
 * {@code gemm}, which mistakes newer processors for old ones.
 */
final class Nd4jProducts implements BlockProducts {
    private final List<INDArray> arrays;
    private final FloatBuffer[] queryBuffers;
    private final FloatBuffer[] galleryBuffers;
    private final FloatBuffer[] productBuffers;
    private final DynamicCustomOp[] ops;

    Nd4jProducts(int rows, int columns, int depth, int slices) {
        INDArray[] queries = arrays(slices, rows, depth);
        INDArray[] gallery = arrays(slices, columns, depth);
        INDArray[] products = arrays(slices, rows, columns);
        arrays = Stream.of(queries, gallery, products).flatMap(Stream::of).toList();
        queryBuffers = buffers(queries);
        galleryBuffers = buffers(gallery);
        productBuffers = buffers(products);
        ops = new DynamicCustomOp[slices];
        for (int s = 0; s < slices; s++) {
            ops[s] = DynamicCustomOp.builder("matmul")
                    .addInputs(queries[s], gallery[s])
                    .addOutputs(products[s])
                    .addIntegerArguments(0, 1)
                    .build();
        }
    }

    private static INDArray[] arrays(int slices, int rows, int columns) {
        return Stream.generate(() -> Nd4j.create(DataType.FLOAT, rows, columns))
                .limit(slices)
                .toArray(INDArray[]::new);
    }

    private static FloatBuffer[] buffers(INDArray[] arrays) {
        return Stream.of(arrays).map(array -> array.data().asNioFloat()).toArray(FloatBuffer[]::new);
    }

    @Override
    public FloatBuffer queries(int slice) {
        return queryBuffers[slice];
    }

    @Override
    public FloatBuffer gallery(int slice) {
        return galleryBuffers[slice];
    }

    @Override
    public FloatBuffer products(int slice) {
        return productBuffers[slice];
    }

    @Override
    public void multiply() {
        for (DynamicCustomOp op : ops) {
            Nd4j.getExecutioner().exec(op);
        }
    }

    @Override
    public void close() {
        arrays.forEach(INDArray::close);
    }
}
