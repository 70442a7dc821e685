package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.internal.Arena;
import io.github.mgn4j.engine.internal.Resources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;

/** Addresses of a batch's maps on the device. Maps that are never needed at the same time share memory. */
final class MapMemory {
    private final NumberFormats formats;
    private final int views;
    private final Map<Value, Arena.Block> blocks = new HashMap<>();
    private final long bytes;
    private final Pointer memory;

    MapMemory(Program program, NumberFormats formats, int views, Resources owner) {
        this.formats = formats;
        this.views = views;
        bytes = plan(program.ops());
        memory = DeviceMemory.allocate(bytes, "the maps of " + views + " images", owner);
    }

    private long plan(List<Op> ops) {
        Arena arena = new Arena(DeviceMemory.ALIGNMENT);
        Map<Value, Integer> lanes = new HashMap<>();
        for (int time = 0; time < ops.size(); time++) {
            Op op = ops.get(time);
            Value output = op.output();
            if (output != null) {
                lanes.put(output, op.lane());
                blocks.put(output, arena.block(bytes(output), op.lane(), time));
            }
            for (View view : op.inputs()) {
                Arena.Block block = Objects.requireNonNull(blocks.get(view.value()));
                if (Objects.equals(lanes.get(view.value()), op.lane())) {
                    block.usedAt(time);
                } else {
                    block.usedByOtherLane();
                }
            }
        }
        return arena.layOut();
    }

    private long bytes(Value value) {
        return (long) views
                * value.height()
                * value.width()
                * value.channels()
                * formats.of(value).bytes();
    }

    /** Returns the whole memory; {@link #bytes} is its size. */
    Pointer whole() {
        return memory;
    }

    long bytes() {
        return bytes;
    }

    Pointer place(Value value) {
        return place(value.all());
    }

    Pointer place(View view) {
        long first = (long) view.first() * formats.of(view.value()).bytes();
        return DeviceMemory.at(
                memory, Objects.requireNonNull(blocks.get(view.value())).offset() + first);
    }
}
