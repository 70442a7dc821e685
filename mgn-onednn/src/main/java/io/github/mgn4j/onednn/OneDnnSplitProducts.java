package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.Resources;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;

/**
 * Matrix products for evaluation on CPUs that multiply bfloat16 many times faster than float32. Each value becomes the sum of
 * two bfloat16 ones, a = a1 + a2, and the product a1 b1 + (a1 b2 + a2 b1), whose sums are float32. The rows of queries hold a1
 * and then a2, those of the gallery b2 and then b1, so that the terms in parentheses are one product of twice the depth.
 */
final class OneDnnSplitProducts implements BlockProducts {
    /**
     * Bound of the error that the split adds to a product, in units of 2^-24 |a||b|. bfloat16 rounds by a factor of 2^-8: a2 b2,
     * which is left out, and what a1 + a2 and b1 + b2 lack are at most 2^-16 |a||b| each, 768 units. The rest is the rounding of
     * the sums of the small terms and a margin.
     */
    private static final double ERROR = 800;

    /** Values per task. */
    private static final int CHUNK = 1 << 13;

    /** Speed-up that the split must reach, so that noise does not decide. */
    private static final double WORTHWHILE = 1.2;

    private final int depth;
    private final Operand queries;
    private final Operand gallery;
    private final FloatBuffer[] products;
    private final Resources resources;
    private final PrimitiveStep small;
    private final PrimitiveStep large;
    private final dnnl_stream stream;

    /** Rows as callers write them, and their two parts. */
    private static final class Operand {
        final FloatBuffer[] values;
        final BytePointer memory;
        final ShortBuffer[] parts;
        /** Whether a caller has asked for the values since they were split. */
        volatile boolean written = true;

        Operand(int slices, int rows, int depth, Resources owner) {
            long bytes = (long) Float.BYTES * rows * depth; // of the values, and of both parts
            BytePointer source = Dnnl.allocate(bytes * slices, owner);
            memory = Dnnl.allocate(bytes * slices, owner);
            values = new FloatBuffer[slices];
            parts = new ShortBuffer[slices];
            for (int s = 0; s < slices; s++) {
                values[s] = Dnnl.floats(source, s * bytes, bytes);
                parts[s] = memory.getPointer(s * bytes)
                        .capacity(bytes)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asShortBuffer();
            }
        }
    }

    private OneDnnSplitProducts(Resources resources, int rows, int columns, int depth, int slices) {
        this.resources = resources;
        this.depth = depth;
        dnnl_engine engine = Dnnl.engine(resources);
        stream = Dnnl.stream(engine, resources);
        queries = new Operand(slices, rows, depth, resources);
        gallery = new Operand(slices, columns, depth, resources);
        long bytes = (long) Float.BYTES * rows * columns;
        BytePointer c = Dnnl.allocate(bytes * slices, resources);
        products = IntStream.range(0, slices)
                .mapToObj(s -> Dnnl.floats(c, s * bytes, bytes))
                .toArray(FloatBuffer[]::new);
        small = step(rows, columns, 2L * depth, slices, c, false, engine);
        large = step(rows, columns, depth, slices, c, true, engine);
    }

    /** Returns the product of the first {@code width} values of the queries' rows with the last of the gallery's. */
    private PrimitiveStep step(
            int rows, int columns, long width, int slices, BytePointer c, boolean adds, dnnl_engine engine) {
        long stride = 2L * depth;
        try (Resources temporary = new Resources()) {
            dnnl_memory_desc source = Dnnl.strided(
                    dnnl_bf16, new long[] {slices, rows, width}, new long[] {rows * stride, stride, 1}, temporary);
            dnnl_memory_desc weights = Dnnl.strided(
                    dnnl_bf16,
                    new long[] {slices, width, columns},
                    new long[] {columns * stride, 1, stride},
                    temporary);
            dnnl_memory_desc destination = Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, slices, rows, columns);
            Attributes attributes = new Attributes(temporary);
            if (adds) {
                attributes.sum(TensorType.F32);
            }
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            int status = dnnl_matmul_primitive_desc_create(
                    description, engine, source, weights, null, destination, attributes.get());
            BytePointer b = gallery.memory.getPointer(Short.BYTES * (stride - width));
            PrimitiveStep step = new PrimitiveStep(
                            "products", Dnnl.primitive(description, status, "products", temporary, resources))
                    .with(DNNL_ARG_SRC, Dnnl.memory(source, queries.memory, engine, resources))
                    .with(DNNL_ARG_WEIGHTS, Dnnl.memory(weights, b, engine, resources))
                    .with(DNNL_ARG_DST, Dnnl.memory(destination, c, engine, resources));
            dnnl_memory_desc scratchpad = Dnnl.wanted(description, dnnl_query_scratchpad_md);
            long bytes = Dnnl.size(scratchpad);
            if (bytes > 0) {
                step.with(
                        DNNL_ARG_SCRATCHPAD,
                        Dnnl.memory(scratchpad, Dnnl.allocate(bytes, resources), engine, resources));
            }
            step.bind(c, engine, resources);
            return step;
        }
    }

    /** Returns whether they are faster here than products in float32, which is measured once: it takes some 30 ms. */
    static boolean areFaster() {
        return Trial.WON;
    }

    private static final class Trial {
        static final boolean WON = wins();

        private static boolean wins() {
            try (BlockProducts split = zeros(new Factory());
                    BlockProducts full = zeros(OneDnnProducts::open)) {
                long best = Long.MAX_VALUE;
                long other = Long.MAX_VALUE;
                for (int i = 0; i < 4; i++) { // alternating
                    best = Math.min(best, nanos(split));
                    other = Math.min(other, nanos(full));
                }
                return other > WORTHWHILE * best;
            }
        }

        private static BlockProducts zeros(BlockProducts.Factory factory) {
            int rows = 512;
            int depth = 1024;
            BlockProducts products = factory.open(rows, rows, depth, 1);
            products.queries(0).put(0, new float[rows * depth]);
            products.gallery(0).put(0, new float[rows * depth]);
            return products;
        }

        private static long nanos(BlockProducts products) {
            products.queries(0); // another block of queries each time, as in a scan
            long start = System.nanoTime();
            products.multiply();
            return System.nanoTime() - start;
        }
    }

    /** Opens such products; see {@link OneDnnProducts#open}. */
    static final class Factory implements BlockProducts.Factory {
        @Override
        public BlockProducts open(int queries, int gallery, int depth, int slices) {
            return NativeThread.call(() -> {
                Resources resources = new Resources();
                try {
                    return new OneDnnSplitProducts(resources, queries, gallery, depth, slices);
                } catch (RuntimeException | Error e) {
                    resources.close();
                    throw e;
                }
            });
        }

        @Override
        public double error() {
            return ERROR;
        }
    }

    @Override
    public FloatBuffer queries(int slice) {
        queries.written = true;
        return queries.values[slice];
    }

    @Override
    public FloatBuffer gallery(int slice) {
        gallery.written = true;
        return gallery.values[slice];
    }

    @Override
    public FloatBuffer products(int slice) {
        return products[slice];
    }

    @Override
    public void multiply() {
        split(queries, 0, depth);
        split(gallery, depth, 0);
        NativeThread.run(() -> {
            small.run(stream);
            large.run(stream);
            Dnnl.check(dnnl_stream_wait(stream), "products");
        });
    }

    /** Writes both parts of every row, the larger ones from {@code high} on. */
    private void split(Operand operand, int high, int low) {
        if (!operand.written) {
            return;
        }
        operand.written = false;
        int step = Math.max(1, CHUNK / depth);
        for (int s = 0; s < operand.values.length; s++) {
            FloatBuffer values = operand.values[s];
            ShortBuffer parts = operand.parts[s];
            int rows = values.capacity() / depth;
            IntStream.range(0, (rows + step - 1) / step).parallel().forEach(t -> {
                float[] row = new float[depth];
                short[] first = new short[depth];
                short[] second = new short[depth];
                for (int i = t * step; i < Math.min(rows, (t + 1) * step); i++) {
                    values.get(i * depth, row);
                    split(row, first, second);
                    parts.put(i * 2 * depth + high, first);
                    parts.put(i * 2 * depth + low, second);
                }
            });
        }
    }

    private static void split(float[] row, short[] first, short[] second) {
        for (int d = 0; d < row.length; d++) {
            int bits = rounded(row[d]);
            first[d] = (short) (bits >> 16);
            second[d] = (short) (rounded(row[d] - Float.intBitsToFloat(bits)) >> 16);
        }
    }

    /** Returns the bits of the nearest bfloat16 value, as those of a float32. */
    private static int rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
    }

    @Override
    public void close() {
        NativeThread.run(resources::close);
    }
}
