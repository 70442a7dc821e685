package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.PlanCache;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model on an NVIDIA GPU: cuDNN's convolutions with fused bias, residual and ReLU, own kernels for the rest, and
 * the whole batch as one CUDA graph. The first batch of a size compiles it. The last few sizes are kept and share the
 * weights. Two concurrent calls are faster than one: the images of one are transferred while the other is computed.
 * Thread-safe.
 */
public final class CudnnEngine implements PixelEngine {
    static final String NAME = "cudnn";

    private static final int SLOTS = 2;

    private final MgnSpec spec;
    private final Precision precision;
    private final int maxBatch;
    private final GpuContext context;
    private final List<Slot> slots = new ArrayList<>();
    private final BlockingQueue<Slot> free = new ArrayBlockingQueue<>(SLOTS);
    private final PlanCache<BatchKind, CompiledBatch> batches;
    /** Buffers that {@link #newPixelBuffer} pinned. They stay reachable as long as they are pinned. */
    private final ConcurrentHashMap<Long, ByteBuffer> pinned = new ConcurrentHashMap<>();
    /** Guards the compute stream, the batches and {@link #closed}. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean closed;

    CudnnEngine(Model model, Device device, NumberFormats formats, EngineOptions options) {
        spec = model.spec();
        precision = options.precision();
        maxBatch = options.maxBatch();
        context = new GpuContext(device, model, formats, options.tune());
        try {
            for (int i = 0; i < SLOTS; i++) {
                slots.add(new Slot(i));
            }
        } catch (RuntimeException | Error e) {
            slots.forEach(Slot::close);
            context.close();
            throw e;
        }
        free.addAll(slots);
        batches = new PlanCache<>(kind -> new CompiledBatch(context, kind, SLOTS), batch -> {
            context.settle();
            batch.close();
        });
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MgnSpec spec() {
        return spec;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Layout inputLayout() {
        return Layout.NCHW;
    }

    @Override
    public int concurrency() {
        return SLOTS;
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(spec, images, batch, features);
        BatchKind kind = new BatchKind(compiledSize(batch), false, false);
        int values = 3 * batch * spec.input().height() * spec.input().width();
        run(
                kind,
                batch,
                to -> to.asFloatBuffer().put(images.duplicate().position(0).limit(values)),
                null,
                features);
    }

    @Override
    public void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features) {
        Buffers.check(spec, pixels, batch, features);
        int bytes = 3 * batch * spec.input().height() * spec.input().width();
        BatchKind kind = new BatchKind(compiledSize(batch), flip, true);
        ByteBuffer from = pixels.duplicate().position(0).limit(bytes);
        Pointer direct = pixels.isDirect() ? new BytePointer(from) : null;
        boolean ready = direct != null && pinned.containsKey(direct.address());
        run(kind, batch, to -> to.put(from), ready ? direct : null, features);
    }

    /**
     * Returns the size of the compiled batch for a batch of this size. Few sizes are compiled, because each takes a
     * second.
     */
    private int compiledSize(int batch) {
        return batch > maxBatch ? batch : Math.min(maxBatch, Integer.highestOneBit(2 * batch - 1));
    }

    /** Copies input to memory. */
    private interface Input {
        void put(ByteBuffer to);
    }

    /**
     * Runs a batch.
     *
     * @param kind the compiled batch, which may be larger; the rest of its features is ignored
     * @param ready pinned memory with the input, or null
     */
    private void run(BatchKind kind, int images, Input input, @Nullable Pointer ready, FloatBuffer features) {
        Slot slot = take();
        try {
            context.use();
            slot.reserve(kind.inputBytes(spec), kind.featureBytes(spec));
            long bytes = kind.inputBytes(spec) / kind.images() * images;
            long featureBytes = kind.featureBytes(spec) / kind.images() * images;
            if (ready == null) {
                input.put(slot.staging());
            }
            Pointer from = ready == null ? new BytePointer(slot.staging()) : ready;
            lock.lock();
            try {
                CompiledBatch batch = batches.get(kind);
                slot.send(from, batch.input(slot.index()), bytes, context.stream(0));
                slot.compute(batch.graph(slot.index()), context.stream(0), batch.output(slot.index()), featureBytes);
            } finally {
                lock.unlock();
            }
            features.duplicate().position(0).put(slot.await().asFloatBuffer().limit(images * spec.featureLength()));
        } finally {
            free.add(slot);
        }
    }

    /**
     * Transfers a batch to the device, where it stays, so that its computation can be measured without the transfer.
     * Until it is closed it occupies one of the two slots for concurrent calls.
     *
     * @param images as for {@link #run(FloatBuffer, int, FloatBuffer)}
     * @param batch number of images
     */
    public ResidentBatch resident(FloatBuffer images, int batch) {
        Buffers.checkImages(spec, images, batch);
        int values = 3 * batch * spec.input().height() * spec.input().width();
        return resident(
                new BatchKind(batch, false, false),
                to -> to.asFloatBuffer().put(images.duplicate().position(0).limit(values)));
    }

    /**
     * Transfers a batch of pixels to the device; see {@link #resident(FloatBuffer, int)}.
     *
     * @param pixels as for {@link #run(ByteBuffer, int, boolean, FloatBuffer)}
     * @param batch number of images
     * @param flip whether features are means over images and mirrors
     */
    public ResidentBatch resident(ByteBuffer pixels, int batch, boolean flip) {
        Buffers.checkImages(spec, pixels, batch);
        BatchKind kind = new BatchKind(batch, flip, true);
        int bytes = (int) kind.inputBytes(spec);
        return resident(kind, to -> to.put(pixels.duplicate().position(0).limit(bytes)));
    }

    private ResidentBatch resident(BatchKind kind, Input input) {
        Slot slot = take();
        try {
            context.use();
            slot.reserve(kind.inputBytes(spec), kind.featureBytes(spec));
            input.put(slot.staging());
            lock.lock();
            try {
                // Compiled for this object alone, so that no other size evicts it.
                CompiledBatch batch = new CompiledBatch(context, kind, SLOTS);
                try {
                    slot.send(
                            new BytePointer(slot.staging()),
                            batch.input(slot.index()),
                            kind.inputBytes(spec),
                            context.stream(0));
                } catch (RuntimeException | Error e) {
                    context.settle();
                    batch.close();
                    throw e;
                }
                return new ResidentBatch(context, lock, batch, slot, kind.featureBytes(spec), () -> free.add(slot));
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException | Error e) {
            free.add(slot);
            throw e;
        }
    }

    /** Returns a buffer that the device reads directly. It is pinned until the engine is closed. */
    @Override
    public ByteBuffer newPixelBuffer(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        lock.lock();
        try {
            if (!closed && bytes > 0) {
                context.use();
                Pointer memory = new BytePointer(buffer);
                if (cudaHostRegister(memory, bytes, cudaHostRegisterPortable) == cudaSuccess) {
                    pinned.put(memory.address(), buffer);
                } else {
                    cudaGetLastError(); // an ordinary buffer works too, but is slower
                }
            }
        } finally {
            lock.unlock();
        }
        return buffer;
    }

    /** Waits for calls in progress, rejects new ones, and frees the device's memory. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < SLOTS; i++) {
            drained();
        }
        context.settle();
        batches.close();
        slots.forEach(Slot::close);
        pinned.values().forEach(buffer -> cudaHostUnregister(start(buffer)));
        pinned.clear();
        context.close();
        free.addAll(slots); // wakes waiting calls, which are then rejected
    }

    /** Returns a buffer's address, wherever its user left the position. */
    private static Pointer start(ByteBuffer buffer) {
        return new BytePointer(buffer.duplicate().clear());
    }

    /** Acquires a slot for a call. */
    private Slot take() {
        Slot slot = drained();
        lock.lock();
        try {
            if (closed) {
                free.add(slot);
                throw new IllegalStateException("the engine is closed");
            }
        } finally {
            lock.unlock();
        }
        return slot;
    }

    /** Waits for an unused slot. */
    private Slot drained() {
        return Uninterruptibles.takeUninterruptibly(free);
    }
}
