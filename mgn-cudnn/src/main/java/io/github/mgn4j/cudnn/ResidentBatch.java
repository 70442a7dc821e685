package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import java.nio.FloatBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * A batch of images in the device's memory, created by {@link CudnnEngine#resident}. Thread-safe. Must be closed before
 * its engine.
 */
public final class ResidentBatch implements AutoCloseable {
    private final GpuContext context;
    private final ReentrantLock lock;
    private final CompiledBatch batch;
    private final Slot slot;
    private final long featureBytes;
    private final Runnable onClose;

    private boolean closed;

    ResidentBatch(
            GpuContext context,
            ReentrantLock lock,
            CompiledBatch batch,
            Slot slot,
            long featureBytes,
            Runnable onClose) {
        this.context = context;
        this.lock = lock;
        this.batch = batch;
        this.slot = slot;
        this.featureBytes = featureBytes;
        this.onClose = onClose;
    }

    /** Computes the features and waits for them. Nothing is copied from or to the device. */
    public void run() {
        use(() -> {
            launch();
            context.await();
        });
    }

    /** Computes the features and returns the milliseconds taken, by the device's clock. */
    public double milliseconds() {
        double[] ms = new double[1];
        use(() -> ms[0] = DeviceTimer.milliseconds(context.stream(0), this::launch));
        return ms[0];
    }

    /** Computes the features and copies them, {@code [batch, dims]}, to {@code to} from position 0 on. */
    public void features(FloatBuffer to) {
        use(() -> {
            CUstream_st compute = context.stream(0);
            slot.compute(batch.graph(slot.index()), compute, batch.output(slot.index()), featureBytes);
            to.duplicate().position(0).put(slot.await().asFloatBuffer().limit((int) (featureBytes / Float.BYTES)));
        });
    }

    private void launch() {
        Cuda.check(cudaGraphLaunch(batch.graph(slot.index()), context.stream(0)), "cudaGraphLaunch");
    }

    private void use(Runnable work) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the batch is closed");
            }
            context.use();
            work.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            context.settle();
            batch.close();
        } finally {
            lock.unlock();
        }
        onClose.run();
    }
}
