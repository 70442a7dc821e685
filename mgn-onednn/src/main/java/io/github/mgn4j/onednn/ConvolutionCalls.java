package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.engine.internal.TrainingKernels.Convolution;
import io.github.mgn4j.onednn.Workbench.Call;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A convolution of training and its gradients. Weights are brought into the form that a primitive wants before each use,
 * because every step changes them, and their gradients back from it.
 */
final class ConvolutionCalls {
    private static final long[] NO_DILATION = {0, 0};

    private final Workbench bench;
    private final Convolution shape;
    private final Resources temporary;
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;
    /** The weights as the graph has them. */
    private final dnnl_memory_desc plain;

    private final dnnl_memory_desc any;
    private final long[] strides;
    private final long[] padding;
    private final dnnl_primitive_attr attributes;

    ConvolutionCalls(Workbench bench, Convolution shape, Resources temporary) {
        this.bench = bench;
        this.shape = shape;
        this.temporary = temporary;
        long[] weights = {shape.out(), shape.in(), shape.kernelHeight(), shape.kernelWidth()};
        x = map(shape.in(), shape.height(), shape.width());
        y = map(shape.out(), shape.outputHeight(), shape.outputWidth());
        plain = Dnnl.descriptor(dnnl_f32, dnnl_hwio, temporary, weights);
        any = Dnnl.descriptor(dnnl_f32, dnnl_format_tag_any, temporary, weights);
        strides = new long[] {shape.strideHeight(), shape.strideWidth()};
        padding = new long[] {shape.paddingHeight(), shape.paddingWidth()};
        attributes = new Attributes(temporary).get();
    }

    private dnnl_memory_desc map(long channels, long height, long width) {
        return Dnnl.descriptor(dnnl_f32, dnnl_nhwc, temporary, shape.batch(), channels, height, width);
    }

    List<Call> forward(long source, long weight, long destination) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = forward(description);
        Dnnl.check(status, "convolution");
        List<Call> calls = new ArrayList<>();
        dnnl_memory weights = weights(description, weight, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_SRC, x, source)
                .with(DNNL_ARG_WEIGHTS, weights)
                .with(DNNL_ARG_DST, y, destination)
                .call("convolution", description, status, temporary));
        return calls;
    }

    private int forward(dnnl_primitive_desc description) {
        return dnnl_convolution_forward_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_forward_training,
                dnnl_convolution_direct,
                x,
                any,
                null,
                y,
                strides,
                NO_DILATION,
                padding,
                padding,
                attributes);
    }

    /** Returns the description of the forward pass, which those of the gradients refer to. */
    private dnnl_primitive_desc hint() {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        Dnnl.check(forward(description), "convolution");
        return temporary.own(description, d -> dnnl_primitive_desc_destroy(d));
    }

    /** Returns weights in the form that a primitive wants, after the call that brings them into it. */
    private dnnl_memory weights(dnnl_primitive_desc description, long weight, List<Call> calls) {
        dnnl_memory_desc wanted = Dnnl.wanted(description, dnnl_query_weights_md);
        if (dnnl_memory_desc_equal(wanted, plain) == 1) {
            return bench.at(wanted, weight);
        }
        dnnl_memory packed = bench.packed(wanted);
        calls.add(reorder(plain, bench.at(plain, weight), wanted, packed));
        return packed;
    }

    private Call reorder(dnnl_memory_desc from, dnnl_memory source, dnnl_memory_desc to, dnnl_memory target) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status =
                dnnl_reorder_primitive_desc_create(description, from, bench.engine(), to, bench.engine(), attributes);
        return bench.operands()
                .with(DNNL_ARG_FROM, source)
                .with(DNNL_ARG_TO, target)
                .call("form of weights", description, status, temporary);
    }

    List<Call> mapGradient(long gradient, long weight, long result) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_convolution_backward_data_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_convolution_direct,
                x,
                any,
                y,
                strides,
                NO_DILATION,
                padding,
                padding,
                hint(),
                attributes);
        Dnnl.check(status, "gradient of a convolution's map");
        List<Call> calls = new ArrayList<>();
        dnnl_memory weights = weights(description, weight, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_DIFF_DST, y, gradient)
                .with(DNNL_ARG_WEIGHTS, weights)
                .with(DNNL_ARG_DIFF_SRC, x, result)
                .call("gradient of a convolution's map", description, status, temporary));
        return calls;
    }

    List<Call> weightGradient(long source, long gradient, long result) {
        return shape.isPointwise() ? product(source, gradient, result) : reduction(source, gradient, result);
    }

    /** The gradient of a 1x1 convolution's weights is a product of matrices, which is faster than the convolution's own. */
    private List<Call> product(long source, long gradient, long result) {
        long rows = shape.batch() * shape.height() * shape.width();
        dnnl_memory_desc a = Dnnl.descriptor(dnnl_f32, dnnl_ba, temporary, shape.in(), rows);
        dnnl_memory_desc b = Dnnl.descriptor(dnnl_f32, dnnl_ab, temporary, rows, shape.out());
        dnnl_memory_desc c = Dnnl.descriptor(dnnl_f32, dnnl_ab, temporary, shape.in(), shape.out());
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_matmul_primitive_desc_create(description, bench.engine(), a, b, null, c, attributes);
        return List.of(bench.operands()
                .with(DNNL_ARG_SRC, a, source)
                .with(DNNL_ARG_WEIGHTS, b, gradient)
                .with(DNNL_ARG_DST, c, result)
                .call("gradient of weights", description, status, temporary));
    }

    private List<Call> reduction(long source, long gradient, long result) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_convolution_backward_weights_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_convolution_direct,
                x,
                any,
                null,
                y,
                strides,
                NO_DILATION,
                padding,
                padding,
                hint(),
                attributes);
        Dnnl.check(status, "gradient of weights");
        dnnl_memory_desc wanted = Dnnl.wanted(description, dnnl_query_diff_weights_md);
        boolean same = dnnl_memory_desc_equal(wanted, plain) == 1;
        dnnl_memory weights = same ? bench.at(wanted, result) : bench.packed(wanted);
        List<Call> calls = new ArrayList<>();
        calls.add(bench.operands()
                .with(DNNL_ARG_SRC, x, source)
                .with(DNNL_ARG_DIFF_DST, y, gradient)
                .with(DNNL_ARG_DIFF_WEIGHTS, weights)
                .call("gradient of weights", description, status, temporary));
        if (!same) {
            calls.add(reorder(wanted, weights, plain, bench.at(plain, result)));
        }
        return calls;
    }
}
