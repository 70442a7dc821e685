package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Products by ND4J's {@code matmul} on a CPU: its oneDNN is several times faster than the OpenBLAS behind {@code gemm},
 * which takes newer processors for old ones.
 */
final class Nd4jProducts implements BlockProducts {
    private final List<INDArray> arrays;
    private final FloatBuffer[] queryBuffers;
    private final FloatBuffer[] galleryBuffers;
    private final FloatBuffer[] productBuffers;
    private final DynamicCustomOp[] ops;

    private Nd4jProducts(int rows, int columns, int depth, int slices) {
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

    /** ND4J's class of the backend for GPUs. */
    private static final String CUDA = "org/nd4j/linalg/jcublas/JCublasBackend.class";

    /**
     * Null where there is no ND4J backend, or one whose arrays do not lie in this machine's memory. The one for GPUs is not even
     * loaded: where it cannot run, it prints a stack trace.
     */
    static BlockProducts.@Nullable Factory find() {
        if (Nd4jProducts.class.getResource("/" + CUDA) != null
                || !CudaBackend.unavailableReason().isEmpty()) {
            return null;
        }
        try {
            Nd4jBackend backend = Nd4jBackend.load();
            boolean cpu = backend != null && backend.getClass().getSimpleName().contains("Cpu");
            return cpu ? Nd4jProducts::new : null;
        } catch (Nd4jBackend.NoAvailableBackendException e) {
            return null;
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
