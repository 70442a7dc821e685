package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import java.nio.FloatBuffer;
import java.util.ArrayList;
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
    private final FloatBuffer[][] queryBuffers;
    private final FloatBuffer[] galleryBuffers;
    private final FloatBuffer[] productBuffers;
    private final DynamicCustomOp[][] ops;

    Nd4jProducts(Shape shape) {
        int slices = shape.slices();
        INDArray[] gallery = arrays(slices, shape.gallery(), shape.depth());
        INDArray[] products = arrays(slices, shape.queries(), shape.gallery());
        arrays =
                new ArrayList<>(Stream.of(gallery, products).flatMap(Stream::of).toList());
        galleryBuffers = buffers(gallery);
        productBuffers = buffers(products);
        queryBuffers = new FloatBuffer[shape.slots()][];
        ops = new DynamicCustomOp[shape.slots()][slices];
        for (int slot = 0; slot < ops.length; slot++) {
            INDArray[] queries = arrays(slices, shape.queries(), shape.depth());
            arrays.addAll(List.of(queries));
            queryBuffers[slot] = buffers(queries);
            for (int s = 0; s < slices; s++) {
                ops[slot][s] = DynamicCustomOp.builder("matmul")
                        .addInputs(queries[s], gallery[s])
                        .addOutputs(products[s])
                        .addIntegerArguments(0, 1)
                        .build();
            }
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
    public FloatBuffer queries(int slot, int slice) {
        return queryBuffers[slot][slice];
    }

    @Override
    public void takeQueries(int slot) {
        // They are read where they were written.
    }

    @Override
    public FloatBuffer gallery(int slice) {
        return galleryBuffers[slice];
    }

    @Override
    public void takeGallery() {
        // They are read where they were written.
    }

    @Override
    public FloatBuffer products(int slice) {
        return productBuffers[slice];
    }

    @Override
    public void multiply(int slot) {
        for (DynamicCustomOp op : ops[slot]) {
            Nd4j.getExecutioner().exec(op);
        }
    }

    @Override
    public void close() {
        arrays.forEach(INDArray::close);
    }
}
