package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.ConvolutionKernel.Lane;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Head;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.engine.internal.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/**
 * A program for one batch size: memory planned, kernels chosen, and all of it recorded as a CUDA graph for each of the
 * engine's {@link Slot}s. Branches are recorded on separate streams, so that the device may run them concurrently.
 */
final class CompiledBatch implements AutoCloseable {
    private final GpuContext context;
    private final Resources owner = new Resources();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<CUgraphExec_st> graphs = new ArrayList<>();
    private final List<Pointer> inputs = new ArrayList<>();
    private final List<Pointer> outputs = new ArrayList<>();
    private final OperationRecorder recorder;

    CompiledBatch(GpuContext context, BatchKind kind, int slots) {
        this.context = context;
        try {
            Program program = context.program();
            MapMemory maps = new MapMemory(program, context.formats(), kind.views(), owner);
            recorder = new OperationRecorder(context, kind, maps, owner);
            Map<ConvolutionShape, ConvolutionKernel> kernels =
                    new KernelChooser(context, owner).choose(shapes(), recorder::operands, maps.whole(), maps.bytes());
            recorder.use(kernels);
            long workspace = kernels.values().stream()
                    .mapToLong(ConvolutionKernel::workspace)
                    .max()
                    .orElse(0);
            for (int lane = 0; lane < program.lanes(); lane++) {
                lanes.add(new Lane(
                        context.stream(lane),
                        context.handle(lane),
                        DeviceMemory.allocate(workspace, "kernels' own memory", owner),
                        context.kernels(),
                        new Descriptors(context.handle(lane), "operands", owner)));
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

    /** Returns the device address of a slot's input. */
    Pointer input(int slot) {
        return inputs.get(slot);
    }

    /** Returns the device address of the features of a slot's input. */
    Pointer output(int slot) {
        return outputs.get(slot);
    }

    /** Returns the graph of a slot. */
    CUgraphExec_st graph(int slot) {
        return graphs.get(slot);
    }

    /** Returns the first convolution of every shape. */
    private Map<ConvolutionShape, Convolution> shapes() {
        Map<ConvolutionShape, Convolution> shapes = new HashMap<>();
        for (Op op : context.program().ops()) {
            if (op instanceof Convolution convolution) {
                shapes.putIfAbsent(recorder.shape(convolution), convolution);
            }
        }
        return shapes;
    }

    private CUgraphExec_st record(int slot) {
        CUstream_st main = lanes.get(0).stream();
        try (Resources temporary = new Resources()) {
            if (graphs.isEmpty()) { // library initialisation at the first call cannot be recorded
                recordOperations(slot, main, temporary);
                context.await();
            }
            return Cuda.record(main, () -> recordOperations(slot, main, temporary), owner);
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
            recorder.record(op, lanes.get(op.lane()), inputs.get(slot), outputs.get(slot));
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
