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
        bytes.forEach((type, size) -> regions.put(type, cpu ? plain(size) : buffer(type, size)));
    }

    private Region plain(long bytes) {
        Pointer memory = Pointer.malloc(bytes + MemoryPass.ALIGNMENT);
        if (memory == null || memory.isNull()) {
            throw new PlanException("no native memory of " + (bytes >> 20) + " MB is left: plan a smaller batch");
        }
        owned.add(() -> Pointer.free(memory));
        long padding = Math.floorMod(-memory.address(), MemoryPass.ALIGNMENT);
        return (offset, value) -> {
            long length = Math.max(1, value.length());
            BytePointer at = new BytePointer(new Address(memory.address() + padding + offset));
            at.capacity(length * value.type.width());
            DataBuffer buffer = Nd4j.createBuffer(at, length, value.type);
            owned.add(0, buffer);
            return array(buffer, 0, value);
        };
    }

    private Region buffer(DataType type, long bytes) {
        DataBuffer buffer = Nd4j.createBuffer(type, bytes / type.width(), false);
        owned.add(buffer);
        return (offset, value) -> array(buffer, offset / type.width(), value);
    }

    private static INDArray array(DataBuffer buffer, long offset, Value value) {
        return Nd4j.create(buffer, value.shape, Nd4j.getStrides(value.shape, 'c'), offset, 'c', value.type);
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

    /** Memory at an address that is not this object's. */
    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }
}
