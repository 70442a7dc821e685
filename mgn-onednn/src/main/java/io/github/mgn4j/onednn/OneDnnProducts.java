package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.Resources;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;

/** Matrix products for evaluation: one oneDNN primitive over all slices, in float32. */
final class OneDnnProducts implements BlockProducts {
    private final Resources resources;
    private final FloatBuffer[] queries;
    private final FloatBuffer[] gallery;
    private final FloatBuffer[] products;
    private final PrimitiveStep step;
    private final dnnl_stream stream;

    private OneDnnProducts(Resources resources, int rows, int columns, int depth, int slices) {
        this.resources = resources;
        dnnl_engine engine = Dnnl.engine(resources);
        stream = Dnnl.stream(engine, resources);
        BytePointer a = Dnnl.allocate(bytes(slices, rows, depth), resources);
        BytePointer b = Dnnl.allocate(bytes(slices, columns, depth), resources);
        BytePointer c = Dnnl.allocate(bytes(slices, rows, columns), resources);
        queries = views(a, slices, rows, depth);
        gallery = views(b, slices, columns, depth);
        products = views(c, slices, rows, columns);
        try (Resources temporary = new Resources()) {
            dnnl_memory_desc source = Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, slices, rows, depth);
            // The gallery's rows are the columns of the second factor.
            dnnl_memory_desc weights = Dnnl.descriptor(dnnl_f32, dnnl_acb, temporary, slices, depth, columns);
            dnnl_memory_desc destination = Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, slices, rows, columns);
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            int status = dnnl_matmul_primitive_desc_create(
                    description, engine, source, weights, null, destination, new Attributes(temporary).get());
            step = new PrimitiveStep("products", Dnnl.primitive(description, status, "products", temporary, resources))
                    .with(DNNL_ARG_SRC, Dnnl.memory(source, a, engine, resources))
                    .with(DNNL_ARG_WEIGHTS, Dnnl.memory(weights, b, engine, resources))
                    .with(DNNL_ARG_DST, Dnnl.memory(destination, c, engine, resources));
            dnnl_memory_desc scratchpad = Dnnl.wanted(description, dnnl_query_scratchpad_md);
            long bytes = Dnnl.size(scratchpad);
            if (bytes > 0) {
                BytePointer room = Dnnl.allocate(bytes, resources);
                step.with(DNNL_ARG_SCRATCHPAD, Dnnl.memory(scratchpad, room, engine, resources));
            }
            step.bind(c, engine, resources);
        }
    }

    /** Opens the products for one shape of blocks. Nothing is leaked if that fails. */
    static BlockProducts open(int queries, int gallery, int depth, int slices) {
        return NativeThread.call(() -> {
            Resources resources = new Resources();
            try {
                return new OneDnnProducts(resources, queries, gallery, depth, slices);
            } catch (RuntimeException | Error e) {
                resources.close();
                throw e;
            }
        });
    }

    private static long bytes(long slices, long rows, long columns) {
        return Float.BYTES * slices * rows * columns;
    }

    private static FloatBuffer[] views(BytePointer memory, int slices, int rows, int columns) {
        long bytes = bytes(1, rows, columns);
        return IntStream.range(0, slices)
                .mapToObj(s -> Dnnl.floats(memory, s * bytes, bytes))
                .toArray(FloatBuffer[]::new);
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
        NativeThread.run(() -> {
            step.run(stream);
            Dnnl.check(dnnl_stream_wait(stream), "products");
        });
    }

    @Override
    public void close() {
        NativeThread.run(resources::close);
    }
}
