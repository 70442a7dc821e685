package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.engine.internal.TrainingKernels.Convolution;
import io.github.mgn4j.onednn.Workbench.Call;
import io.github.mgn4j.onednn.Workbench.Temporary;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A convolution of training and its gradients. Weights are brought into the form that a primitive wants before each use,
 * because every step changes them, and their gradients back from it. Factors in bfloat16 are rounded before each use.
 */
final class ConvolutionCalls {
    private static final long[] NO_DILATION = {0, 0};

    private final Workbench bench;
    private final Convolution shape;
    private final int type;
    private final Resources temporary;
    /** The map, its result and the weights as the graph has them. */
    private final dnnl_memory_desc x;

    private final dnnl_memory_desc y;
    private final dnnl_memory_desc plain;
    /** The same as factors, in float32 or bfloat16. */
    private final dnnl_memory_desc xFactor;

    private final dnnl_memory_desc yFactor;
    private final dnnl_memory_desc anyFactor;
    private final dnnl_memory_desc any;
    private final Window window;
    private final dnnl_primitive_attr attributes;

    /**
     * Prepares the calls.
     *
     * @param type of the factors, {@code dnnl_f32} or {@code dnnl_bf16}; sums are float32
     */
    ConvolutionCalls(Workbench bench, Convolution shape, int type, Resources temporary) {
        this.bench = bench;
        this.shape = shape;
        this.temporary = temporary;
        long[] weights = {shape.out(), shape.in(), shape.kernelHeight(), shape.kernelWidth()};
        x = map(dnnl_f32, shape.in(), shape.height(), shape.width());
        y = map(dnnl_f32, shape.out(), shape.outputHeight(), shape.outputWidth());
        xFactor = map(type, shape.in(), shape.height(), shape.width());
        yFactor = map(type, shape.out(), shape.outputHeight(), shape.outputWidth());
        anyFactor = Dnnl.descriptor(type, dnnl_format_tag_any, temporary, weights);
        this.type = type;
        plain = Dnnl.descriptor(dnnl_f32, dnnl_hwio, temporary, weights);
        any = Dnnl.descriptor(dnnl_f32, dnnl_format_tag_any, temporary, weights);
        window = new Window(
                new long[] {shape.kernelHeight(), shape.kernelWidth()},
                new long[] {shape.strideHeight(), shape.strideWidth()},
                new long[] {shape.paddingHeight(), shape.paddingWidth()},
                shape.width(),
                shape.outputWidth());
        attributes = new Attributes(temporary).get();
    }

    private dnnl_memory_desc map(int dataType, long channels, long height, long width) {
        return Dnnl.descriptor(dataType, dnnl_nhwc, temporary, shape.batch(), channels, height, width);
    }

    /** Returns the memory of a factor, after the call that rounds it if it needs to be. */
    private dnnl_memory factor(
            Temporary use, dnnl_memory_desc from, long address, dnnl_memory_desc to, List<Call> calls) {
        dnnl_memory given = bench.at(from, address);
        if (dnnl_memory_desc_equal(from, to) == 1) {
            return given;
        }
        dnnl_memory converted = bench.temporary(use, to);
        calls.add(reorder(from, given, to, converted));
        return converted;
    }

    List<Call> forward(long source, long weight, long destination) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = forward(description);
        Dnnl.check(status, "convolution");
        List<Call> calls = new ArrayList<>();
        dnnl_memory map = factor(Temporary.MAP, x, source, xFactor, calls);
        dnnl_memory weights = weights(description, weight, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_SRC, map)
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
                xFactor,
                anyFactor,
                null,
                y,
                window.strides(),
                NO_DILATION,
                window.padding(),
                window.endPadding(),
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
        return factor(Temporary.WEIGHTS, plain, weight, Dnnl.wanted(description, dnnl_query_weights_md), calls);
    }

    private Call reorder(dnnl_memory_desc from, dnnl_memory source, dnnl_memory_desc to, dnnl_memory target) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status =
                dnnl_reorder_primitive_desc_create(description, from, bench.engine(), to, bench.engine(), attributes);
        return bench.operands()
                .with(DNNL_ARG_FROM, source)
                .with(DNNL_ARG_TO, target)
                .call("form of a factor", description, status, temporary);
    }

    List<Call> mapGradient(long gradient, long weight, long result) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_convolution_backward_data_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_convolution_direct,
                x,
                anyFactor,
                yFactor,
                window.strides(),
                NO_DILATION,
                window.padding(),
                window.endPadding(),
                hint(),
                attributes);
        Dnnl.check(status, "gradient of a convolution's map");
        List<Call> calls = new ArrayList<>();
        dnnl_memory map = factor(Temporary.GRADIENT, y, gradient, yFactor, calls);
        dnnl_memory weights = weights(description, weight, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_DIFF_DST, map)
                .with(DNNL_ARG_WEIGHTS, weights)
                .with(DNNL_ARG_DIFF_SRC, x, result)
                .call("gradient of a convolution's map", description, status, temporary));
        return calls;
    }

    List<Call> weightGradient(long source, long gradient, long result) {
        return shape.isPointwise() ? product(source, gradient, result) : reduction(source, gradient, result);
    }

    /**
     * The gradient of a 1x1 convolution's weights is a product of matrices, which is faster than the convolution's own. With a
     * stride, the pixels that it reads are gathered first: oneDNN's own is wrong there for few channels on AVX2 (3.11; see
     * OneDnnKernelsTest).
     */
    private List<Call> product(long source, long gradient, long result) {
        long rows = shape.batch() * shape.outputHeight() * shape.outputWidth();
        dnnl_memory_desc a = Dnnl.descriptor(type, dnnl_ba, temporary, shape.in(), rows);
        dnnl_memory_desc b = Dnnl.descriptor(type, dnnl_ab, temporary, rows, shape.out());
        dnnl_memory_desc c = Dnnl.descriptor(dnnl_f32, dnnl_ab, temporary, shape.in(), shape.out());
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_matmul_primitive_desc_create(description, bench.engine(), a, b, null, c, attributes);
        List<Call> calls = new ArrayList<>();
        dnnl_memory first = pixels(source, a, calls);
        dnnl_memory_desc plainRows = Dnnl.descriptor(dnnl_f32, dnnl_ab, temporary, rows, shape.out());
        dnnl_memory second = factor(Temporary.GRADIENT, plainRows, gradient, b, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_SRC, first)
                .with(DNNL_ARG_WEIGHTS, second)
                .with(DNNL_ARG_DST, c, result)
                .call("gradient of weights", description, status, temporary));
        return calls;
    }

    /** Returns the pixels of the map that a 1x1 convolution reads as columns of a matrix. */
    private dnnl_memory pixels(long source, dnnl_memory_desc columns, List<Call> calls) {
        boolean all = shape.strideHeight() == 1 && shape.strideWidth() == 1;
        if (all && type == dnnl_f32) {
            return bench.at(columns, source);
        }
        dnnl_memory given = bench.at(x, source);
        dnnl_memory_desc read = map(dnnl_f32, shape.in(), shape.outputHeight(), shape.outputWidth());
        if (!all) {
            calls.add(everySecond(given, read));
            given = bench.temporary(Temporary.PIXELS, read);
        }
        if (type == dnnl_f32) {
            return bench.temporary(Temporary.PIXELS, columns);
        }
        dnnl_memory_desc rounded = map(type, shape.in(), shape.outputHeight(), shape.outputWidth());
        calls.add(reorder(read, given, rounded, bench.temporary(Temporary.MAP, rounded)));
        return bench.temporary(Temporary.MAP, columns);
    }

    /** Copies the pixels that are a stride apart: a pooling of one pixel each. */
    private Call everySecond(dnnl_memory given, dnnl_memory_desc read) {
        long[] one = {1, 1};
        long[] none = {0, 0};
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_pooling_forward_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_forward_inference,
                dnnl_pooling_max,
                x,
                read,
                window.strides(),
                one,
                NO_DILATION,
                none,
                window.endPadding(),
                attributes);
        return bench.operands()
                .with(DNNL_ARG_SRC, given)
                .with(DNNL_ARG_DST, bench.temporary(Temporary.PIXELS, read))
                .call("some pixels", description, status, temporary);
    }

    private List<Call> reduction(long source, long gradient, long result) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_convolution_backward_weights_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_convolution_direct,
                xFactor,
                any,
                null,
                yFactor,
                window.strides(),
                NO_DILATION,
                window.padding(),
                window.endPadding(),
                hint(),
                attributes);
        Dnnl.check(status, "gradient of weights");
        dnnl_memory_desc wanted = Dnnl.wanted(description, dnnl_query_diff_weights_md);
        boolean same = dnnl_memory_desc_equal(wanted, plain) == 1;
        dnnl_memory weights = same ? bench.at(wanted, result) : bench.temporary(Temporary.WEIGHTS, wanted);
        List<Call> calls = new ArrayList<>();
        dnnl_memory map = factor(Temporary.MAP, x, source, xFactor, calls);
        dnnl_memory upstream = factor(Temporary.GRADIENT, y, gradient, yFactor, calls);
        calls.add(bench.operands()
                .with(DNNL_ARG_SRC, map)
                .with(DNNL_ARG_DIFF_DST, upstream)
                .with(DNNL_ARG_DIFF_WEIGHTS, weights)
                .call("gradient of weights", description, status, temporary));
        if (!same) {
            calls.add(reorder(wanted, weights, plain, bench.at(plain, result)));
        }
        return calls;
    }
}
