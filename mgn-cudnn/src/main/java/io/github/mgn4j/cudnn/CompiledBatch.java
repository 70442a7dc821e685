package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

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
import io.github.mgn4j.engine.internal.Arena;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A program for one batch size: memory planned, kernels chosen, and all of it recorded as a CUDA graph for each of the engine's
 * {@link Slot}s. Branches are recorded on streams of their own, so that the device may run them side by side.
 */
final class CompiledBatch implements AutoCloseable {
    private final GpuContext context;
    private final BatchKind kind;
    private final Resources owner = new Resources();
    private final Map<Value, Arena.Block> blocks = new HashMap<>();
    private final Map<PoolBands, Pointer> bounds = new HashMap<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<CUgraphExec_st> graphs = new ArrayList<>();
    private final Map<ConvolutionShape, ConvolutionKernel> kernels;
    private final List<Pointer> inputs = new ArrayList<>();
    private final List<Pointer> outputs = new ArrayList<>();
    private final Pointer memory;
    private final Pointer bands;
    private final Pointer views;

    /**
     * What is compiled for.
     *
     * @param images batch, without mirrors
     * @param flip whether features are means over images and mirrors
     * @param pixels whether the input is bytes
     */
    record BatchKind(int images, boolean flip, boolean pixels) {
        /** Returns images and mirrors. */
        int views() {
            return Math.multiplyExact(images, flip ? 2 : 1);
        }

        /** Returns the bytes of the input. */
        long inputBytes(MgnSpec spec) {
            InputSize size = spec.input();
            return 3L * images * size.height() * size.width() * (pixels ? 1 : Float.BYTES);
        }

        /** Returns the bytes of the features. */
        long featureBytes(MgnSpec spec) {
            return (long) images * spec.dims() * Float.BYTES;
        }
    }

    CompiledBatch(GpuContext context, BatchKind kind, int slots) {
        this.context = context;
        this.kind = kind;
        try {
            Program program = context.program();
            long bytes = plan();
            memory = DeviceMemory.allocate(bytes, "the maps of " + kind.views() + " images", owner);
            bands = DeviceMemory.allocate(
                    4L * program.bands() * kind.views() * program.pooledChannels(), "pooled vectors", owner);
            views = DeviceMemory.allocate(4L * kind.views() * program.spec().dims(), "features of views", owner);
            kernels = new KernelChooser(context, owner).choose(shapes(), this::operands, memory, bytes);
            long workspace = kernels.values().stream()
                    .mapToLong(ConvolutionKernel::workspace)
                    .max()
                    .orElse(0);
            for (int lane = 0; lane < program.lanes(); lane++) {
                CUstream_st stream = context.stream(lane);
                lanes.add(new Lane(
                        stream,
                        context.handle(lane),
                        DeviceMemory.allocate(workspace, "kernels' own memory", owner),
                        context.kernels(),
                        new Descriptors(context.handle(lane), "operands", owner)));
            }
            for (Op op : program.ops()) {
                if (op instanceof PoolBands pool) {
                    int[] rows =
                            pool.bounds().stream().mapToInt(Integer::intValue).toArray();
                    bounds.put(pool, DeviceMemory.upload(rows, "bounds of stripes", owner));
                }
            }
            for (int slot = 0; slot < slots; slot++) {
                inputs.add(DeviceMemory.allocate(kind.inputBytes(program.spec()), "images", owner));
                outputs.add(DeviceMemory.allocate(kind.featureBytes(program.spec()), "features", owner));
                graphs.add(record(slot));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Returns where a slot's input lies on the device. */
    Pointer input(int slot) {
        return inputs.get(slot);
    }

    /** Returns where the features of a slot's input lie. */
    Pointer output(int slot) {
        return outputs.get(slot);
    }

    /** Returns the graph of a slot. */
    CUgraphExec_st graph(int slot) {
        return graphs.get(slot);
    }

    /** Lays out the maps, and returns how many bytes they take. */
    private long plan() {
        Arena arena = new Arena(DeviceMemory.ALIGNMENT);
        List<Op> ops = context.program().ops();
        Map<Value, Integer> lane = new HashMap<>();
        for (int time = 0; time < ops.size(); time++) {
            Op op = ops.get(time);
            Value output = op.output();
            if (output != null) {
                lane.put(output, op.lane());
                blocks.put(output, arena.block(bytes(output), op.lane(), time));
            }
            for (View view : op.inputs()) {
                Arena.Block block = Objects.requireNonNull(blocks.get(view.value()));
                if (Objects.equals(lane.get(view.value()), op.lane())) {
                    block.usedAt(time);
                } else {
                    block.usedByOtherLane();
                }
            }
        }
        return arena.layOut();
    }

    private long bytes(Value value) {
        return (long) kind.views()
                * value.height()
                * value.width()
                * value.channels()
                * context.formats().of(value).bytes();
    }

    private Pointer place(Value value) {
        return DeviceMemory.at(memory, Objects.requireNonNull(blocks.get(value)).offset());
    }

    private Pointer place(View view) {
        long first = (long) view.first() * context.formats().of(view.value()).bytes();
        return DeviceMemory.at(
                memory, Objects.requireNonNull(blocks.get(view.value())).offset() + first);
    }

    /** Returns the first convolution of every shape. */
    private Map<ConvolutionShape, Convolution> shapes() {
        Map<ConvolutionShape, Convolution> shapes = new HashMap<>();
        for (Op op : context.program().ops()) {
            if (op instanceof Convolution convolution) {
                shapes.putIfAbsent(shape(convolution), convolution);
            }
        }
        return shapes;
    }

    private ConvolutionShape shape(Convolution op) {
        return ConvolutionShape.of(op, kind.views(), context.formats());
    }

    private Operands operands(Convolution op) {
        Constants constants = context.weights().of(op);
        View residual = op.residual();
        return new Operands(
                place(op.input()),
                constants.weights(),
                constants.bias(),
                constants.scale(),
                residual == null ? null : place(residual),
                residual == null ? null : constants.residualScalePlace(),
                place(op.output()));
    }

    private CUgraphExec_st record(int slot) {
        CUstream_st main = lanes.get(0).stream();
        CUgraph_st graph = new CUgraph_st();
        try (Resources temporary = new Resources()) {
            if (graphs.isEmpty()) { // what a library sets up at the first call cannot be recorded
                recordOperations(slot, main, temporary);
                context.await();
            }
            Cuda.check(cudaStreamBeginCapture(main, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
            try {
                recordOperations(slot, main, temporary);
            } catch (RuntimeException | Error e) {
                cudaStreamEndCapture(main, graph);
                throw e;
            }
            Cuda.check(cudaStreamEndCapture(main, graph), "cudaStreamEndCapture");
            temporary.own(graph, g -> cudaGraphDestroy(g));
            CUgraphExec_st executable = new CUgraphExec_st();
            Cuda.check(cudaGraphInstantiate(executable, graph), "cudaGraphInstantiate");
            return owner.own(executable, e -> cudaGraphExecDestroy(e));
        }
    }

    private void recordOperations(int slot, CUstream_st main, Resources temporary) {
        boolean forked = false;
        for (Op op : context.program().ops()) {
            if (op.lane() > 0 && !forked) {
                CUevent_st fork = Cuda.event(temporary);
                for (Lane lane : lanes.subList(1, lanes.size())) {
                    Cuda.follow(lane.stream(), main, fork);
                }
                forked = true;
            }
            if (op instanceof Head && forked) {
                for (Lane lane : lanes.subList(1, lanes.size())) {
                    Cuda.follow(main, lane.stream(), Cuda.event(temporary));
                }
            }
            record(op, slot);
        }
    }

    private void record(Op op, int slot) {
        Lane lane = lanes.get(op.lane());
        if (op instanceof Pack pack) {
            pack(pack, slot, lane);
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
                    place(from),
                    place(to),
                    from.height(),
                    from.width(),
                    vectors,
                    to.height(),
                    to.width(),
                    total);
        } else if (op instanceof PoolBands pool) {
            poolBands(pool, lane);
        } else {
            head((Head) op, slot, lane);
        }
    }

    private void launch(Lane lane, String kernel, long total, @Nullable Object... arguments) {
        context.kernels().launchEach(lane.stream(), kernel, total, arguments);
    }

    /** Returns how many vectors of 16 bytes a pixel of a map has. */
    private int vectors(Value value) {
        return value.channels() * context.formats().of(value).bytes() / Program.ALIGNMENT;
    }

    private void pack(Pack op, int slot, Lane lane) {
        Value to = op.output();
        InputSize size = context.program().spec().input();
        int total = Math.multiplyExact(kind.views(), to.height() * to.width());
        launch(
                lane,
                kind.pixels() ? "pack_pixels" : "pack_floats",
                total,
                inputs.get(slot),
                context.weights().normalised(),
                place(to),
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
                        place(from),
                        constants.weights(),
                        constants.bias(),
                        place(to),
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

    /** The measures of the kernel {@code stem}, as in {@code kernels.cu}. */
    private static final class StemKernel {
        /** Pooled rows of a thread block. */
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
                place(from),
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

    private void head(Head op, int slot, Lane lane) {
        Program program = context.program();
        int features = op.features().size();
        int length = program.spec().featureDims();
        Pointer to = kind.flip() ? views : outputs.get(slot);
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
            launch(lane, "average_views", total, views, outputs.get(slot), total);
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
