package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.engine.internal.FoldedNorm;
import io.github.mgn4j.engine.internal.Int8Weights;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.NormLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The weights of one engine in the forms that its primitives require. Each form is created once and shared by the plans
 * of all batch sizes. Batch norm is folded in. 8-bit weights are symmetric with a scale per output channel: the
 * channel's largest magnitude over 127. Thread-safe until it is closed.
 */
final class PackedWeights implements AutoCloseable {
    /** A layer's weights in one form; {@code form} is a copy that lives as long as this object. */
    private record Packed(dnnl_memory_desc form, dnnl_memory memory) {}

    /** Values of a kernel that Winograd transforms: 3x3. */
    private static final int KERNEL = 9;

    private final Weights weights;
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final Resources resources = new Resources();
    private final Map<String, List<Packed>> packed = new HashMap<>();
    private final Map<String, dnnl_memory> biases = new HashMap<>();
    private final Map<String, float[]> biasValues = new HashMap<>();
    private final Map<String, dnnl_memory> scales = new HashMap<>();

    PackedWeights(Weights weights, dnnl_engine engine, dnnl_stream stream) {
        this.weights = weights;
        this.engine = engine;
        this.stream = stream;
    }

    /**
     * Returns weights of a convolution {@code [out, in, k, k]}.
     *
     * @param form the form that the primitive requires
     * @param dataType float32, bfloat16 or signed 8 bits
     */
    dnnl_memory convolution(ConvLayer layer, dnnl_memory_desc form, int dataType) {
        return weights(
                layer,
                form,
                dataType,
                PackedWeights::copy,
                dnnl_oihw,
                layer.out(),
                layer.in(),
                layer.kernel(),
                layer.kernel());
    }

    /** Returns weights transformed for {@link Winograd}: a matrix {@code [in, out]} for every point. */
    dnnl_memory winograd(ConvLayer layer, dnnl_memory_desc form) {
        Function<Tensor, FloatPointer> transform = values -> {
            FloatPointer transformed = new FloatPointer((long) Winograd.POINTS * values.size() / KERNEL);
            Winograd.weights(values.data(), layer.out(), layer.in(), transformed.asBuffer());
            return transformed;
        };
        return weights(layer, form, dnnl_f32, transform, dnnl_acb, Winograd.POINTS, layer.in(), layer.out());
    }

    /** Returns weights of a 1x1 convolution of vectors as a matrix {@code [in, out]}. */
    dnnl_memory product(ConvLayer layer, dnnl_memory_desc form, int dataType) {
        return weights(layer, form, dataType, PackedWeights::copy, dnnl_ba, layer.in(), layer.out());
    }

    private static FloatPointer copy(Tensor values) {
        FloatPointer copy = new FloatPointer((long) values.size());
        copy.asBuffer().put(values.data());
        return copy;
    }

    private synchronized dnnl_memory weights(
            ConvLayer layer,
            dnnl_memory_desc form,
            int dataType,
            Function<Tensor, FloatPointer> transform,
            int plainFormat,
            long... plainShape) {
        List<Packed> forms = packed.computeIfAbsent(layer.name(), name -> new ArrayList<>());
        for (Packed existing : forms) {
            if (dnnl_memory_desc_equal(existing.form, form) == 1) {
                return existing.memory;
            }
        }
        FoldedConvolution folded = FoldedConvolution.of(weights, layer);
        float[] bias =
                biasValues.computeIfAbsent(layer.name(), name -> folded.bias().toArray());
        biases.computeIfAbsent(layer.name(), name -> Dnnl.vector(bias, engine, resources));
        try (Resources temporary = new Resources()) {
            boolean integer = dataType == dnnl_s8;
            Pointer values = integer ? quantised(layer, folded, temporary) : values(folded, transform, temporary);
            dnnl_memory_desc plain = Dnnl.descriptor(integer ? dnnl_s8 : dnnl_f32, plainFormat, temporary, plainShape);
            Packed made = pack(layer.name(), plain, Dnnl.memory(plain, values, engine, temporary), form, temporary);
            forms.add(made);
            return made.memory;
        }
    }

    /** Returns the batch norm of a neck, folded. */
    FoldedNorm norm(NormLayer layer) {
        return FoldedNorm.of(weights, layer);
    }

    /** Returns the values of a tensor. */
    float[] values(String name) {
        return weights.get(name).toArray();
    }

    /** Returns the bias of a layer whose weights were requested before: float32, {@code [out]}. */
    synchronized dnnl_memory bias(ConvLayer layer) {
        return known(biases, layer);
    }

    /** Returns the bias of such a layer as a Java array. */
    synchronized float[] biasValues(ConvLayer layer) {
        return known(biasValues, layer);
    }

    /** Returns the scales of each output channel's 8-bit weights, which were requested before: {@code [out]}. */
    synchronized dnnl_memory scales(ConvLayer layer) {
        return known(scales, layer);
    }

    private static <T> T known(Map<String, T> things, ConvLayer layer) {
        T thing = things.get(layer.name());
        if (thing == null) {
            throw new IllegalStateException(layer.name() + ": its weights have not been packed");
        }
        return thing;
    }

    private static Pointer values(
            FoldedConvolution folded, Function<Tensor, FloatPointer> transform, Resources temporary) {
        return temporary.own(transform.apply(folded.weight()), Pointer::close);
    }

    private Pointer quantised(ConvLayer layer, FoldedConvolution folded, Resources temporary) {
        float[] values = folded.weight().toArray();
        scales.computeIfAbsent(
                layer.name(), name -> Dnnl.vector(Int8Weights.scales(values, layer.out()), engine, resources));
        float[] rounded = Int8Weights.rounded(values, layer.out());
        byte[] bytes = new byte[rounded.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) rounded[i];
        }
        return temporary.own(new BytePointer(bytes), Pointer::close);
    }

    private Packed pack(
            String name, dnnl_memory_desc plain, dnnl_memory from, dnnl_memory_desc form, Resources temporary) {
        dnnl_memory_desc copy = new dnnl_memory_desc();
        Dnnl.check(dnnl_memory_desc_clone(copy, form), "layout of " + name);
        resources.own(copy, d -> dnnl_memory_desc_destroy(d));
        dnnl_memory to = Dnnl.memory(copy, Dnnl.allocate(Dnnl.size(copy), resources), engine, resources);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        String what = "packing " + name;
        int status = dnnl_reorder_primitive_desc_create(description, plain, engine, copy, engine, null);
        dnnl_primitive primitive = Dnnl.primitive(description, status, what, temporary, temporary);
        dnnl_exec_arg_t arguments = temporary.own(new dnnl_exec_arg_t(2), Pointer::close);
        arguments.getPointer(0).arg(DNNL_ARG_FROM).memory(from);
        arguments.getPointer(1).arg(DNNL_ARG_TO).memory(to);
        Dnnl.check(dnnl_primitive_execute(primitive, stream, 2, arguments), what);
        Dnnl.check(dnnl_stream_wait(stream), what);
        return new Packed(copy, to);
    }

    @Override
    public void close() {
        resources.close();
    }
}
