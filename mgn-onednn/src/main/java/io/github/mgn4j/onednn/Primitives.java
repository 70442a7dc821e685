package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Arena;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.onednn.Network.Pool;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.Pooling;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Creates the primitives of a plan as steps with all operands except source and destination: weights, bias, scales and
 * scratchpad, which is reserved in the arena for the time set by {@link #at}.
 */
final class Primitives {
    private static final long[] NO_DILATION = {0, 0};

    private final dnnl_engine engine;
    private final Arena arena;
    private final Resources owner;
    private final Resources temporary;
    private int time;

    /**
     * Prepares to create primitives.
     *
     * @param owner owner of the primitives
     * @param temporary owner of objects needed only during creation
     */
    Primitives(dnnl_engine engine, Arena arena, Resources owner, Resources temporary) {
        this.engine = engine;
        this.arena = arena;
        this.owner = owner;
        this.temporary = temporary;
    }

    /** Sets the time at which the next primitives run. */
    void at(int newTime) {
        time = newTime;
    }

    Attributes attributes() {
        return new Attributes(temporary);
    }

    PrimitiveStep convolution(
            ConvLayer layer,
            dnnl_memory_desc source,
            dnnl_memory_desc destination,
            int weightType,
            PackedWeights weights,
            Attributes attributes) {
        int kernel = layer.kernel();
        dnnl_memory_desc any =
                Dnnl.descriptor(weightType, dnnl_format_tag_any, temporary, layer.out(), layer.in(), kernel, kernel);
        dnnl_memory_desc bias = Dnnl.descriptor(dnnl_f32, dnnl_x, temporary, layer.out());
        Window window = new Window(
                new long[] {kernel, kernel},
                new long[] {layer.stride(), layer.stride()},
                new long[] {layer.padding(), layer.padding()},
                layer.width(),
                layer.outputWidth());
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_convolution_forward_primitive_desc_create(
                description,
                engine,
                dnnl_forward_inference,
                dnnl_convolution_direct,
                source,
                any,
                bias,
                destination,
                window.strides(),
                NO_DILATION,
                window.padding(),
                window.endPadding(),
                attributes.get());
        PrimitiveStep step = step(layer.name(), status, description, attributes)
                .with(DNNL_ARG_WEIGHTS, weights.convolution(layer, wantedWeights(description), weightType))
                .with(DNNL_ARG_BIAS, weights.bias(layer));
        return attributes.isPerChannel()
                ? step.with(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, weights.scales(layer))
                : step;
    }

    /** Returns the product of rows {@code [batch, in]} with a reduction's weights, with ReLU if the layer has one. */
    PrimitiveStep product(
            ConvLayer layer,
            dnnl_memory_desc source,
            dnnl_memory_desc destination,
            int weightType,
            PackedWeights weights) {
        dnnl_memory_desc any = Dnnl.descriptor(weightType, dnnl_format_tag_any, temporary, layer.in(), layer.out());
        dnnl_memory_desc bias = Dnnl.descriptor(dnnl_f32, dnnl_ab, temporary, 1, layer.out());
        Attributes attributes = layer.relu() ? attributes().relu() : attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_matmul_primitive_desc_create(
                description, engine, source, any, bias, destination, attributes.get());
        return step(layer.name(), status, description, attributes)
                .with(DNNL_ARG_WEIGHTS, weights.product(layer, wantedWeights(description), weightType))
                .with(DNNL_ARG_BIAS, weights.bias(layer));
    }

    /** Returns, for every point, the product of rows {@code [tiles, in]} with a layer's transformed weights. */
    PrimitiveStep products(
            ConvLayer layer, dnnl_memory_desc source, dnnl_memory_desc destination, PackedWeights weights) {
        dnnl_memory_desc any =
                Dnnl.descriptor(dnnl_f32, dnnl_format_tag_any, temporary, Winograd.POINTS, layer.in(), layer.out());
        Attributes attributes = attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_matmul_primitive_desc_create(
                description, engine, source, any, null, destination, attributes.get());
        return step(layer.name(), status, description, attributes)
                .with(DNNL_ARG_WEIGHTS, weights.winograd(layer, wantedWeights(description)));
    }

    PrimitiveStep pool(Pool op, dnnl_memory_desc source, dnnl_memory_desc destination) {
        int bottom = (op.output().height() - 1) * op.strideHeight()
                + op.height()
                - op.input().height()
                - op.padding();
        int right = (op.output().width() - 1) * op.strideWidth()
                + op.width()
                - op.input().width()
                - op.padding();
        Attributes attributes = attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_pooling_forward_primitive_desc_create(
                description,
                engine,
                dnnl_forward_inference,
                op.kind() == Pooling.MAX ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding,
                source,
                destination,
                new long[] {op.strideHeight(), op.strideWidth()},
                new long[] {op.height(), op.width()},
                NO_DILATION,
                new long[] {op.padding(), op.padding()},
                new long[] {bottom, right},
                attributes.get());
        return step("pooling of " + op.input().name(), status, description, attributes);
    }

    /** Returns an element-wise function of a float32 map or matrix, which may overwrite its source. */
    PrimitiveStep elementWise(String name, int algorithm, float alpha, float beta, dnnl_memory_desc form) {
        Attributes attributes = attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_eltwise_forward_primitive_desc_create(
                description, engine, dnnl_forward_inference, algorithm, form, form, alpha, beta, attributes.get());
        return step(name, status, description, attributes);
    }

    PrimitiveStep reorder(String name, dnnl_memory_desc source, dnnl_memory_desc destination, Attributes attributes) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status =
                dnnl_reorder_primitive_desc_create(description, source, engine, destination, engine, attributes.get());
        return step("copy of " + name, status, description, attributes);
    }

    private static dnnl_memory_desc wantedWeights(dnnl_primitive_desc description) {
        return Dnnl.wanted(description, dnnl_query_weights_md);
    }

    private PrimitiveStep step(String name, int status, dnnl_primitive_desc description, Attributes attributes) {
        PrimitiveStep step = new PrimitiveStep(name, Dnnl.primitive(description, status, name, temporary, owner));
        dnnl_memory_desc scratchpad = Dnnl.wanted(description, dnnl_query_scratchpad_md);
        long bytes = Dnnl.size(scratchpad);
        if (bytes > 0) {
            step.with(DNNL_ARG_SCRATCHPAD, scratchpad, arena.block(bytes, time));
        }
        attributes
                .scales()
                .forEach((argument, scale) ->
                        step.with(DNNL_ARG_ATTR_SCALES | argument, Dnnl.vector(new float[] {scale}, engine, owner)));
        return step;
    }
}
