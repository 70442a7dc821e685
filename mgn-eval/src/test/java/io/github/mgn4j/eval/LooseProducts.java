package io.github.mgn4j.eval;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.fixtures.ProductsCheck;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;

/** Products that are as wrong as a bad order of summation may make them, at random; of rounded values if asked. */
final class LooseProducts implements BlockProducts {
    /**
     * Opens such products.
     *
     * @param precision FP32 or BF16
     */
    record Opening(Precision precision) implements Factory {
        @Override
        public BlockProducts open(Shape shape) {
            return new LooseProducts(shape, precision);
        }
    }

    private final Precision precision;
    private final int depth;
    private final FloatBuffer[][] queries;
    private final FloatBuffer[] gallery;
    private final FloatBuffer[] products;
    private final Random random = new Random(1);

    private LooseProducts(Shape shape, Precision precision) {
        this.precision = precision;
        depth = shape.depth();
        queries = new FloatBuffer[shape.slots()][];
        Arrays.setAll(queries, slot -> buffers(shape.slices(), shape.queries() * depth));
        gallery = buffers(shape.slices(), shape.gallery() * depth);
        products = buffers(shape.slices(), shape.queries() * shape.gallery());
    }

    private static FloatBuffer[] buffers(int slices, int size) {
        FloatBuffer[] buffers = new FloatBuffer[slices];
        for (int s = 0; s < slices; s++) {
            buffers[s] = FloatBuffer.allocate(size);
        }
        return buffers;
    }

    @Override
    public FloatBuffer queries(int slot, int slice) {
        return queries[slot][slice];
    }

    @Override
    public void takeQueries(int slot) {}

    @Override
    public FloatBuffer gallery(int slice) {
        return gallery[slice];
    }

    @Override
    public void takeGallery() {}

    @Override
    public FloatBuffer products(int slice) {
        return products[slice];
    }

    @Override
    public void multiply(int slot) {
        for (int s = 0; s < products.length; s++) {
            int columns = gallery[s].capacity() / depth;
            for (int at = 0; at < products[s].capacity(); at++) {
                int a = at / columns * depth;
                int b = at % columns * depth;
                double sum = 0;
                double squaresA = 0;
                double squaresB = 0;
                for (int d = 0; d < depth; d++) {
                    double x = ProductsCheck.rounded(queries[slot][s].get(a + d), precision);
                    double y = ProductsCheck.rounded(gallery[s].get(b + d), precision);
                    sum += x * y;
                    squaresA += x * x;
                    squaresB += y * y;
                }
                double bound = (depth - 1) * 0x1p-24 * Math.sqrt(squaresA * squaresB);
                products[s].put(at, (float) (sum + bound * (random.nextBoolean() ? 1 : -1)));
            }
        }
    }

    @Override
    public void close() {}
}
