package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.ConvolutionGraph.Operands;
import io.github.mgn4j.cudnn.ConvolutionKernel.Lane;
import io.github.mgn4j.cudnn.DeviceWeights.Constants;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Head;
import io.github.mgn4j.cudnn.Program.MaxPool;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.Pack;
import io.github.mgn4j.cudnn.Program.PoolBands;
import io.github.mgn4j.cudnn.Program.Stem;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.Pooling;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Enqueues a program's operations on the device's streams, for one batch size. */
final class OperationRecorder {
    private final GpuContext context;
    private final BatchKind kind;
    private final MapMemory maps;
    private final Map<ConvolutionShape, ConvolutionKernel> kernels = new HashMap<>();
    private final Map<PoolBands, Pointer> bounds = new HashMap<>();
    private final Pointer bands;
    private final Pointer views;

    OperationRecorder(GpuContext context, BatchKind kind, MapMemory maps, Resources owner) {
        this.context = context;
        this.kind = kind;
        this.maps = maps;
        Program program = context.program();
        bands = DeviceMemory.allocate(
                4L * program.bands() * kind.views() * program.pooledChannels(), "pooled vectors", owner);
        views = DeviceMemory.allocate(4L * kind.views() * program.spec().featureLength(), "features of views", owner);
        for (Op op : program.ops()) {
            if (op instanceof PoolBands pool) {
                int[] rows = pool.bounds().stream().mapToInt(Integer::intValue).toArray();
                bounds.put(pool, DeviceMemory.upload(rows, "bounds of stripes", owner));
            }
        }
    }

    /** Sets the kernel of each shape of convolution. */
    void use(Map<ConvolutionShape, ConvolutionKernel> chosen) {
        kernels.putAll(chosen);
    }

    Operands operands(Convolution op) {
        Constants constants = context.weights().of(op);
        View residual = op.residual();
        return new Operands(
                maps.place(op.input()),
                constants.weights(),
                constants.bias(),
                constants.scale(),
                residual == null ? null : maps.place(residual),
                residual == null ? null : constants.residualScalePlace(),
                maps.place(op.output()));
    }

    ConvolutionShape shape(Convolution op) {
        return ConvolutionShape.of(op, kind.views(), context.formats());
    }

    void record(Op op, Lane lane, Pointer input, Pointer features) {
        if (op instanceof Pack pack) {
            pack(pack, input, lane);
        } else if (op instanceof Stem stem) {
            stem(stem, lane);
        } else if (op instanceof Convolution convolution) {
            ConvolutionShape shape = shape(convolution);
            Objects.requireNonNull(kernels.get(shape))
                    .run(
                            lane,
                            shape,
                            operands(convolution),
                            context.weights().of(op).residualScale());
        } else if (op instanceof MaxPool pool) {
            Value from = pool.input().value();
            Value to = pool.output();
            int vectors = vectors(to);
            int total = kind.views() * to.height() * to.width() * vectors;
            launch(
                    lane,
                    "max_pool",
                    total,
                    maps.place(from),
                    maps.place(to),
                    from.height(),
                    from.width(),
                    vectors,
                    to.height(),
                    to.width(),
                    total);
        } else if (op instanceof PoolBands pool) {
            poolBands(pool, lane);
        } else {
            head((Head) op, features, lane);
        }
    }

    private void launch(Lane lane, String kernel, long total, @Nullable Object... arguments) {
        context.kernels().launchEach(lane.stream(), kernel, total, arguments);
    }

    /** Returns the number of 16-byte vectors per pixel of a map. */
    private int vectors(Value value) {
        return value.channels() * context.formats().of(value).bytes() / Program.ALIGNMENT;
    }

    private void pack(Pack op, Pointer input, Lane lane) {
        Value to = op.output();
        InputSize size = context.program().spec().input();
        int total = Math.multiplyExact(kind.views(), to.height() * to.width());
        launch(
                lane,
                kind.pixels() ? "pack_pixels" : "pack_floats",
                total,
                input,
                context.weights().normalised(),
                maps.place(to),
                kind.images(),
                size.height(),
                size.width(),
                to.height(),
                to.width(),
                total);
    }

    private void stem(Stem op, Lane lane) {
        Value from = op.input().value();
        Value to = op.output();
        int columnTiles = to.width() <= StemKernel.COLUMNS
                ? 1
                : 1 + (to.width() - StemKernel.COLUMNS + StemKernel.MORE_COLUMNS - 1) / StemKernel.MORE_COLUMNS;
        int channelTiles = (to.channels() + StemKernel.CHANNELS - 1) / StemKernel.CHANNELS;
        Constants constants = context.weights().of(op);
        context.kernels()
                .launch(
                        lane.stream(),
                        "stem",
                        columnTiles * channelTiles,
                        (to.height() + StemKernel.ROWS - 1) / StemKernel.ROWS,
                        kind.views(),
                        StemKernel.THREADS,
                        StemKernel.SHARED_BYTES,
                        maps.place(from),
                        constants.weights(),
                        constants.bias(),
                        maps.place(to),
                        (float) (1 / context.formats().scale(to.all())),
                        from.height(),
                        from.width(),
                        op.layer().outputHeight(),
                        op.layer().outputWidth(),
                        to.height(),
                        to.width(),
                        to.channels(),
                        columnTiles);
    }

    /** Dimensions of the kernel {@code stem}, as in {@code kernels.cu}. */
    private static final class StemKernel {
        /** Pooled rows per thread block. */
        static final int ROWS = 3;

        /** Pooled columns of the first thread block of a row, and of the others. */
        static final int COLUMNS = 32;

        static final int MORE_COLUMNS = 31;
        static final int CHANNELS = 64;
        static final int THREADS = 32 * (2 * ROWS + 1);
        static final int SHARED_BYTES =
                2 * (CHANNELS * 200 + (2 * ROWS + 4) * 67 * Program.BLOCK + (2 * ROWS + 1) * 64 * CHANNELS);
    }

    private int average() {
        return context.program().spec().pooling() == Pooling.AVG ? 1 : 0;
    }

    private void poolBands(PoolBands op, Lane lane) {
        Value from = op.input().value();
        int count = op.bounds().size() - 1;
        int vectors = vectors(from);
        long plane = 4L * kind.views() * context.program().pooledChannels();
        launch(
                lane,
                "pool_bands",
                (long) kind.views() * count * vectors,
                maps.place(from),
                DeviceMemory.at(bands, op.firstBand() * plane),
                bounds.get(op),
                kind.views(),
                count,
                from.height(),
                from.width(),
                vectors,
                average(),
                (float) context.formats().scale(op.input()));
    }

    private void head(Head op, Pointer output, Lane lane) {
        Program program = context.program();
        int features = op.features().size();
        int length = program.spec().partLength();
        Pointer to = kind.flip() ? views : output;
        Pointer reductions = context.weights().reductions();
        if (reductions == null) {
            int total = kind.views() * features * length;
            launch(
                    lane,
                    "join",
                    total,
                    bands,
                    context.weights().parts(),
                    to,
                    kind.views(),
                    program.pooledChannels(),
                    length,
                    features,
                    average(),
                    total);
        } else {
            int columns = Kernels.usesMatrices(context.device(), context.formats()) ? 32 : 16;
            boolean relu =
                    Objects.requireNonNull(op.features().get(0).reduction()).relu();
            context.kernels()
                    .launch(
                            lane.stream(),
                            "reduce",
                            (length + columns - 1) / columns,
                            (kind.views() + 15) / 16,
                            features,
                            256,
                            0,
                            bands,
                            context.weights().parts(),
                            reductions,
                            context.weights().reductionBias(),
                            to,
                            kind.views(),
                            program.pooledChannels(),
                            length,
                            features,
                            average(),
                            relu ? 1 : 0);
        }
        if (kind.flip()) {
            int total = kind.images() * features * length;
            launch(lane, "average_views", total, views, output, total);
        }
    }
}
