package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.Resources;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Matrix products for evaluation: one oneDNN primitive over all slices, of float32 values or of values rounded to bfloat16. */
final class OneDnnProducts implements BlockProducts {
    /**
     * Opens products.
     *
     * @param precision FP32 or BF16
     */
    record Opening(Precision precision) implements Factory {
        /** Opens the products for one shape of blocks. Nothing is leaked if that fails. */
        @Override
        public BlockProducts open(Shape shape) {
            return NativeThread.call(() -> {
                Resources resources = new Resources();
                try {
                    return new OneDnnProducts(resources, shape, precision);
                } catch (RuntimeException | Error e) {
                    resources.close();
                    throw e;
                }
            });
        }
    }

    private final Resources resources;
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final Operand[] queries;
    private final Operand gallery;
    private final List<FloatBuffer> products;
    private final PrimitiveStep[] multiplications;

    private OneDnnProducts(Resources resources, Shape shape, Precision precision) {
        this.resources = resources;
        engine = Dnnl.engine(resources);
        stream = Dnnl.stream(engine, resources);
        int slices = shape.slices();
        int type = precision == Precision.BF16 ? dnnl_bf16 : dnnl_f32;
        try (Resources temporary = new Resources()) {
            long[] askedShape = {slices, shape.queries(), shape.depth()};
            // The gallery's rows are the columns of the second factor.
            long[] galleryShape = {slices, shape.depth(), shape.gallery()};
            dnnl_memory_desc source = Dnnl.descriptor(type, dnnl_abc, temporary, askedShape);
            dnnl_memory_desc weights = Dnnl.descriptor(type, dnnl_acb, temporary, galleryShape);
            dnnl_memory_desc destination =
                    Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, slices, shape.queries(), shape.gallery());
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            int status = dnnl_matmul_primitive_desc_create(
                    description, engine, source, weights, null, destination, new Attributes(temporary).get());
            dnnl_primitive product = Dnnl.primitive(description, status, "products", temporary, resources);

            gallery = operand(weights, Dnnl.descriptor(dnnl_f32, dnnl_acb, temporary, galleryShape), slices, null);
            queries = new Operand[shape.slots()];
            dnnl_memory_desc plain = Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, askedShape);
            for (int slot = 0; slot < queries.length; slot++) {
                queries[slot] = operand(source, plain, slices, slot == 0 ? null : queries[0]);
            }
            BytePointer result = Dnnl.allocate(Dnnl.size(destination), resources);
            products = views(result, Dnnl.size(destination), slices);
            dnnl_memory_desc scratchpad = Dnnl.wanted(description, dnnl_query_scratchpad_md);
            dnnl_memory room = Dnnl.memory(
                    scratchpad, Dnnl.allocate(Math.max(1, Dnnl.size(scratchpad)), resources), engine, resources);
            dnnl_memory output = Dnnl.memory(destination, result, engine, resources);
            multiplications = new PrimitiveStep[shape.slots()];
            Arrays.setAll(
                    multiplications,
                    slot -> bound(new PrimitiveStep("products", product)
                            .with(DNNL_ARG_SRC, queries[slot].memory)
                            .with(DNNL_ARG_WEIGHTS, gallery.memory)
                            .with(DNNL_ARG_DST, output)
                            .with(DNNL_ARG_SCRATCHPAD, room)));
        }
    }

    /**
     * A factor of the product.
     *
     * @param memory what is multiplied
     * @param staged the float32 values that {@code rounding} reads; that memory itself if nothing is rounded
     * @param views the slices of {@code staged}
     */
    private record Operand(
            dnnl_memory memory,
            BytePointer staged,
            List<FloatBuffer> views,
            @Nullable PrimitiveStep rounding) {}

    /** Creates an operand; {@code other} is one whose staged values it shares. */
    private Operand operand(dnnl_memory_desc form, dnnl_memory_desc plain, int slices, @Nullable Operand other) {
        BytePointer data = Dnnl.allocate(Dnnl.size(form), resources);
        dnnl_memory memory = Dnnl.memory(form, data, engine, resources);
        if (Dnnl.size(form) == Dnnl.size(plain)) {
            return new Operand(memory, data, views(data, Dnnl.size(plain), slices), null);
        }
        BytePointer staged = other == null ? Dnnl.allocate(Dnnl.size(plain), resources) : other.staged;
        dnnl_memory from = Dnnl.memory(plain, staged, engine, resources);
        try (Resources temporary = new Resources()) {
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            int status = dnnl_reorder_primitive_desc_create(description, plain, engine, form, engine, null);
            dnnl_primitive primitive = Dnnl.primitive(description, status, "rounding", temporary, resources);
            PrimitiveStep rounding = new PrimitiveStep("rounding", primitive)
                    .with(DNNL_ARG_FROM, from)
                    .with(DNNL_ARG_TO, memory);
            return new Operand(memory, staged, views(staged, Dnnl.size(plain), slices), bound(rounding));
        }
    }

    private PrimitiveStep bound(PrimitiveStep step) {
        step.bind(new BytePointer(), engine, resources);
        return step;
    }

    private static List<FloatBuffer> views(BytePointer memory, long bytes, int slices) {
        long slice = bytes / slices;
        return IntStream.range(0, slices)
                .mapToObj(s -> Dnnl.floats(memory, s * slice, slice))
                .toList();
    }

    @Override
    public FloatBuffer queries(int slot, int slice) {
        return queries[slot].views.get(slice);
    }

    @Override
    public void takeQueries(int slot) {
        take(queries[slot]);
    }

    @Override
    public FloatBuffer gallery(int slice) {
        return gallery.views.get(slice);
    }

    @Override
    public void takeGallery() {
        take(gallery);
    }

    private void take(Operand operand) {
        PrimitiveStep rounding = operand.rounding;
        if (rounding != null) {
            run(rounding);
        }
    }

    @Override
    public FloatBuffer products(int slice) {
        return products.get(slice);
    }

    @Override
    public void multiply(int slot) {
        run(multiplications[slot]);
    }

    private void run(PrimitiveStep step) {
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
