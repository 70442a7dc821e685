package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudnn.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with its epilogue as a graph of cuDNN operations. Sums are float32 or 32-bit integers and never leave
 * the chip. For formats without scales the residual comes before the bias, because cuDNN has precompiled kernels for
 * this pattern. With scales the bias comes first, because in the other order cuDNN 9.14 offers a kernel that crashes.
 */
final class ConvolutionGraph {
    private static final long IN = 1;
    private static final long WEIGHTS = 2;
    private static final long RESIDUAL = 3;
    private static final long BIAS = 4;
    private static final long OUT = 5;
    private static final long SCALE = 6;
    private static final long RESIDUAL_SCALE = 7;
    private static final long FIRST_VIRTUAL = 10;

    private final Descriptors make;
    private final ConvolutionShape shape;
    private final List<Pointer> operations = new ArrayList<>();
    private final cudnnBackendDescriptor_t graph;
    private long nextVirtual = FIRST_VIRTUAL;

    /**
     * Builds the graph.
     *
     * @param plain whether the epilogue is omitted
     */
    ConvolutionGraph(Descriptors make, ConvolutionShape shape, boolean plain) {
        this.make = make;
        this.shape = shape;
        if (plain) {
            convolution(output());
        } else {
            epilogue();
        }
        graph = make.create(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
        make.handle(graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE);
        make.descriptors(graph, CUDNN_ATTR_OPERATIONGRAPH_OPS, operations.toArray(new Pointer[0]));
        make.finish(graph);
    }

    cudnnBackendDescriptor_t descriptor() {
        return graph;
    }

    private void epilogue() {
        boolean scaled = shape.input().scaled();
        cudnnBackendDescriptor_t value = virtual(shape.input() == Format.S8 ? CUDNN_DATA_INT32 : CUDNN_DATA_FLOAT);
        convolution(value);
        if (scaled) {
            value = pointwise(CUDNN_POINTWISE_MUL, value, channels(SCALE));
            value = add(value, channels(BIAS), shape.residual() || shape.relu());
        }
        if (shape.residual()) {
            cudnnBackendDescriptor_t residual = external(RESIDUAL);
            if (scaled) {
                residual = pointwise(
                        CUDNN_POINTWISE_MUL,
                        residual,
                        make.map(RESIDUAL_SCALE, CUDNN_DATA_FLOAT, false, 1, 1, 1, 1, 1));
            }
            value = add(value, residual, !scaled || shape.relu());
        }
        if (!scaled) {
            value = add(value, channels(BIAS), shape.relu());
        }
        if (shape.relu()) {
            pointwise(CUDNN_POINTWISE_RELU_FWD, value, null, output());
        }
    }

    private cudnnBackendDescriptor_t add(cudnnBackendDescriptor_t a, cudnnBackendDescriptor_t b, boolean more) {
        return more ? pointwise(CUDNN_POINTWISE_ADD, a, b) : pointwise(CUDNN_POINTWISE_ADD, a, b, output());
    }

    private static int type(Format format) {
        return switch (format) {
            case F32 -> CUDNN_DATA_FLOAT;
            case F16 -> CUDNN_DATA_HALF;
            case BF16 -> CUDNN_DATA_BFLOAT16;
            case S8 -> CUDNN_DATA_INT8;
            case E4M3 -> CUDNN_DATA_FP8_E4M3;
        };
    }

    private cudnnBackendDescriptor_t output() {
        return external(OUT);
    }

    private cudnnBackendDescriptor_t external(long id) {
        return make.map(
                id,
                type(shape.output()),
                false,
                shape.images(),
                shape.out(),
                shape.outHeight(),
                shape.outWidth(),
                shape.out());
    }

    private cudnnBackendDescriptor_t virtual(int type) {
        return make.map(
                nextVirtual++,
                type,
                true,
                shape.images(),
                shape.out(),
                shape.outHeight(),
                shape.outWidth(),
                shape.out());
    }

    private cudnnBackendDescriptor_t channels(long id) {
        return make.map(id, CUDNN_DATA_FLOAT, false, 1, shape.out(), 1, 1, shape.out());
    }

    private void convolution(cudnnBackendDescriptor_t out) {
        cudnnBackendDescriptor_t window = make.create(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
        make.choice(
                window,
                CUDNN_ATTR_CONVOLUTION_COMP_TYPE,
                CUDNN_TYPE_DATA_TYPE,
                shape.input() == Format.S8 ? CUDNN_DATA_INT32 : CUDNN_DATA_FLOAT);
        make.choice(window, CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
        make.longs(window, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2);
        make.longs(window, CUDNN_ATTR_CONVOLUTION_DILATIONS, 1, 1);
        make.longs(window, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, shape.stride(), shape.stride());
        make.longs(window, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, shape.padding(), shape.padding());
        make.longs(window, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, shape.padding(), shape.padding());
        make.finish(window);
        int in = type(shape.input());
        int k = shape.kernel();
        cudnnBackendDescriptor_t op = make.create(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
        make.descriptors(
                op,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                make.map(IN, in, false, shape.images(), shape.in(), shape.height(), shape.width(), shape.inPitch()));
        make.descriptors(
                op,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                make.map(WEIGHTS, in, false, shape.out(), shape.in(), k, k, shape.in()));
        make.descriptors(op, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, out);
        make.descriptors(op, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, window);
        make.real(op, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1);
        make.real(op, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0);
        operations.add(make.finish(op));
    }

    private cudnnBackendDescriptor_t pointwise(
            int mode, cudnnBackendDescriptor_t a, @Nullable cudnnBackendDescriptor_t b) {
        return pointwise(mode, a, b, virtual(CUDNN_DATA_FLOAT));
    }

    private cudnnBackendDescriptor_t pointwise(
            int mode, cudnnBackendDescriptor_t a, @Nullable cudnnBackendDescriptor_t b, cudnnBackendDescriptor_t out) {
        cudnnBackendDescriptor_t function = make.create(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
        make.choice(function, CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
        make.choice(function, CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        make.finish(function);
        cudnnBackendDescriptor_t op = make.create(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
        make.descriptors(op, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
        make.descriptors(op, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, a);
        if (b != null) {
            make.descriptors(op, CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b);
        }
        make.descriptors(op, CUDNN_ATTR_OPERATION_POINTWISE_YDESC, out);
        operations.add(make.finish(op));
        return out;
    }

    /** Returns the operands of an execution, for {@code cudnnBackendExecute}. */
    static cudnnBackendDescriptor_t operands(Descriptors make, Operands operands, boolean plain, Pointer workspace) {
        List<Long> ids = new ArrayList<>(List.of(IN, WEIGHTS, OUT));
        List<Pointer> places = new ArrayList<>(List.of(operands.in(), operands.weights(), operands.out()));
        if (!plain) {
            ids.add(BIAS);
            places.add(operands.bias());
            if (operands.scale() != null) {
                ids.add(SCALE);
                places.add(operands.scale());
            }
            if (operands.residual() != null) {
                ids.add(RESIDUAL);
                places.add(operands.residual());
                if (operands.residualScale() != null) {
                    ids.add(RESIDUAL_SCALE);
                    places.add(operands.residualScale());
                }
            }
        }
        cudnnBackendDescriptor_t pack = make.create(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
        make.longs(
                pack,
                CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
                ids.stream().mapToLong(Long::longValue).toArray());
        make.addresses(pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, places.toArray(new Pointer[0]));
        make.addresses(pack, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace);
        return make.finish(pack);
    }

    /**
     * Addresses on the device.
     *
     * @param scale null for formats without scales, like {@code residualScale}
     * @param residual null if there is none
     */
    record Operands(
            Pointer in,
            Pointer weights,
            Pointer bias,
            @Nullable Pointer scale,
            @Nullable Pointer residual,
            @Nullable Pointer residualScale,
            Pointer out) {}
}
