package io.github.mgn4j.eval;

import io.github.mgn4j.engine.internal.BlockProducts;
import java.nio.FloatBuffer;
import java.util.Random;

/** Products that are as wrong as a bad order of summation may make them, at random. */
final class LooseProducts implements BlockProducts {
    private final int depth;
    private final FloatBuffer[] queries;
    private final FloatBuffer[] gallery;
    private final FloatBuffer[] products;
    private final Random random = new Random(1);

    LooseProducts(int queries, int gallery, int depth, int slices) {
        this.depth = depth;
        this.queries = buffers(slices, queries * depth);
        this.gallery = buffers(slices, gallery * depth);
        products = buffers(slices, queries * gallery);
    }

    private static FloatBuffer[] buffers(int slices, int size) {
        FloatBuffer[] buffers = new FloatBuffer[slices];
        for (int s = 0; s < slices; s++) {
            buffers[s] = FloatBuffer.allocate(size);
        }
        return buffers;
    }

    @Override
    public FloatBuffer queries(int slice) {
        return queries[slice];
    }

    @Override
    public FloatBuffer gallery(int slice) {
        return gallery[slice];
    }

    @Override
    public FloatBuffer products(int slice) {
        return products[slice];
    }

    @Override
    public void multiply() {
        for (int s = 0; s < products.length; s++) {
            int columns = gallery[s].capacity() / depth;
            for (int at = 0; at < products[s].capacity(); at++) {
                int a = at / columns * depth;
                int b = at % columns * depth;
                double sum = 0;
                double squaresA = 0;
                double squaresB = 0;
                for (int d = 0; d < depth; d++) {
                    double x = queries[s].get(a + d);
                    double y = gallery[s].get(b + d);
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
