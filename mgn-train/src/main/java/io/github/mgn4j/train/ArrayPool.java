package io.github.mgn4j.train;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.nd4j.autodiff.samediff.internal.memory.AbstractMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory for the arrays of a SameDiff session that runs the same graph again and again: what one operation gave back, the
 * next of the same length takes; after a run everything is taken back. SameDiff's own manager leaves much of this to the
 * garbage collector, which does not see native memory: a training run then grows by tens of megabytes per step.
 */
final class ArrayPool extends AbstractMemoryMgr {
    private record Size(DataType type, long length) {}

    private final List<INDArray> all = new ArrayList<>();
    private final ListMultimap<Size, INDArray> free = ArrayListMultimap.create();
    /** What is lent, as the borrower knows it, and the memory behind it. */
    private final IdentityHashMap<INDArray, INDArray> lent = new IdentityHashMap<>();

    @Override
    public INDArray allocate(boolean detached, DataType type, long... shape) {
        return allocate(type, 'c', shape);
    }

    @Override
    public INDArray allocate(boolean detached, LongShapeDescriptor shape) {
        if (shape.isEmpty()) {
            return Nd4j.empty(shape.dataType());
        }
        return allocate(shape.dataType(), shape.getOrder(), shape.getShape());
    }

    private INDArray allocate(DataType type, char order, long... shape) {
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        List<INDArray> candidates = free.get(new Size(type, length));
        INDArray memory;
        if (candidates.isEmpty()) {
            memory = Nd4j.createUninitialized(type, new long[] {length}, 'c');
            all.add(memory);
        } else {
            memory = candidates.remove(candidates.size() - 1);
        }
        INDArray array = Nd4j.create(memory.data(), shape, Nd4j.getStrides(shape, order), 0, order, type);
        lent.put(array, memory);
        return array;
    }

    @Override
    public void release(INDArray array) {
        INDArray memory = lent.remove(array);
        if (memory != null) {
            free.put(new Size(memory.dataType(), memory.length()), memory);
        }
    }

    /** Takes everything back that is still lent: nobody may use the arrays of the last run any more. */
    void endRun() {
        for (INDArray array : List.copyOf(lent.keySet())) {
            release(array);
        }
    }

    /** Bytes of all memory, lent or not. */
    long bytes() {
        return all.stream().mapToLong(a -> a.length() * a.dataType().width()).sum();
    }

    @Override
    public void close() {
        lent.clear();
        free.clear();
        all.forEach(Nd::close);
        all.clear();
    }
}
