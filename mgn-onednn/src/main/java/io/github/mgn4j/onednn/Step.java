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

/** A part of a plan: first said where its operands are in the arena, then bound to it, then run. */
abstract class Step {
    /** A map that is complete after this step. */
    private record Made(Value value, Block block, long bytes) {}

    private @Nullable Made made;

    /** Says that a map is complete after this step. */
    final void makes(Value value, Block block, long bytes) {
        made = new Made(value, block, bytes);
    }

    /** Shows a float32 map that this step has completed. */
    final void show(BytePointer arena, BiConsumer<Value, FloatBuffer> observer) {
        if (made != null) {
            observer.accept(made.value, Dnnl.floats(arena, made.block.offset(), made.bytes));
        }
    }

    /** Finds the operands, once the arena is laid out. */
    abstract void bind(BytePointer arena, dnnl_engine engine, Resources owner);

    abstract void run(dnnl_stream stream);
}
