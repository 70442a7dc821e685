package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.Resources;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Runs a {@link LineTransform} between two places in the arena, on the common pool if the plan has several threads. */
final class TransformStep extends Step {
    /** Memory in the arena that holds float32 values. */
    record Place(Block block, long bytes) {
        private FloatBuffer view(BytePointer arena) {
            return Dnnl.floats(arena, block.offset(), bytes);
        }
    }

    private static final long PARALLEL_BYTES = 1 << 20;

    private final LineTransform transform;
    private final Place from;
    private final Place to;
    /** Scratch arrays, one per thread; shared by the steps of a plan, which run one after the other. */
    private final List<LineTransform.Scratch> scratch;

    private @Nullable FloatBuffer source;
    private @Nullable FloatBuffer target;

    TransformStep(LineTransform transform, Place from, Place to, List<LineTransform.Scratch> scratch) {
        this.transform = transform;
        this.from = from;
        this.to = to;
        this.scratch = scratch;
    }

    /** Creates scratch arrays for every thread. */
    static List<LineTransform.Scratch> scratch(int threads) {
        List<LineTransform.Scratch> created = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            created.add(new LineTransform.Scratch());
        }
        return List.copyOf(created);
    }

    @Override
    void bind(BytePointer arena, dnnl_engine engine, Resources owner) {
        source = from.view(arena);
        target = to.view(arena);
    }

    @Override
    void run(dnnl_stream stream) {
        FloatBuffer read = Objects.requireNonNull(source);
        FloatBuffer written = Objects.requireNonNull(target);
        Dnnl.check(dnnl_stream_wait(stream), "waiting");
        if (scratch.size() == 1 || to.bytes < PARALLEL_BYTES) { // finished before another thread could wake up
            for (int line = 0; line < transform.lines(); line++) {
                transform.line(line, read, written, scratch.get(0));
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        IntStream.range(0, scratch.size()).parallel().forEach(worker -> {
            for (int line = next.getAndIncrement(); line < transform.lines(); line = next.getAndIncrement()) {
                transform.line(line, read, written, scratch.get(worker));
            }
        });
    }
}
