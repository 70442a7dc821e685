package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.onednn.Network.Value;
import java.nio.FloatBuffer;
import java.util.function.BiConsumer;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** A step of a plan. Its operands are placed in the arena, then it is bound to the arena's memory, then run. */
abstract class Step {
    /** A map that is complete after this step. */
    private record Made(Value value, Block block, long bytes) {}

    private @Nullable Made completed;

    /** Registers a map that is complete after this step. */
    final void makes(Value value, Block block, long bytes) {
        completed = new Made(value, block, bytes);
    }

    /** Passes a float32 map that this step has completed to an observer. */
    final void show(BytePointer arena, BiConsumer<Value, FloatBuffer> observer) {
        if (completed != null) {
            observer.accept(completed.value, Dnnl.floats(arena, completed.block.offset(), completed.bytes));
        }
    }

    /** Resolves the operands, once the arena is laid out. */
    abstract void bind(BytePointer arena, dnnl_engine engine, Resources owner);

    abstract void run(dnnl_stream stream);
}
