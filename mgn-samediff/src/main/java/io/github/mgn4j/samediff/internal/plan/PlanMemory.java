package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of a plan's values. On a CPU it is not ND4J's, which fills new memory with zeros on one thread: some seconds for the
 * paper's network.
 */
final class PlanMemory implements AutoCloseable {
    /** A large block of memory. */
    private interface Region {
        INDArray array(long offset, Value value);
    }

    private final Map<DataType, Region> regions = new EnumMap<>(DataType.class);
    private final List<AutoCloseable> owned = new ArrayList<>();

    /** Allocates memory of these sizes in bytes. */
    PlanMemory(Map<DataType, Long> bytes) {
        boolean cpu = Nd4j.getEnvironment().isCPU();
        try {
            bytes.forEach((type, size) -> regions.put(type, cpu ? plain(size) : buffer(type, size)));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Region plain(long bytes) {
        Pointer memory = Pointer.malloc(bytes + MemoryPass.ALIGNMENT);
        if (memory == null || memory.isNull()) {
            throw new PlanException("no native memory of " + (bytes >> 20) + " MB is left: plan a smaller batch");
        }
        owned.add(() -> Pointer.free(memory));
        BytePointer all = new BytePointer(memory);
        long padding = Math.floorMod(-memory.address(), MemoryPass.ALIGNMENT);
        return (offset, value) -> {
            long length = Math.max(1, value.length());
            Pointer at = all.getPointer(padding + offset).capacity(length * value.type.width());
            DataBuffer buffer = Nd4j.createBuffer(at, length, value.type);
            owned.add(0, buffer);
            return value.over(buffer, 0);
        };
    }

    private Region buffer(DataType type, long bytes) {
        DataBuffer buffer = Nd4j.createBuffer(type, bytes / type.width(), false);
        owned.add(buffer);
        return (offset, value) -> value.over(buffer, offset / type.width());
    }

    /** Returns an array for a value at an offset in bytes. */
    INDArray at(long offset, Value value) {
        Region region = regions.get(value.type);
        if (region == null) {
            throw new IllegalStateException("no memory for values of type " + value.type);
        }
        return region.array(offset, value);
    }

    @Override
    public void close() {
        owned.forEach(Operations::close);
        owned.clear();
    }
}
