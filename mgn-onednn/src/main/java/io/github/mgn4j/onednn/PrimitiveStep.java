package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.Resources;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A primitive with its operands. */
final class PrimitiveStep extends Step {
    /** An operand in the arena, {@code offset} bytes after the beginning of its block. */
    private record Placed(int argument, dnnl_memory_desc form, Block block, long offset) {}

    /** An operand outside the arena. */
    private record Fixed(int argument, dnnl_memory memory) {}

    private final String name;
    private final dnnl_primitive primitive;
    private final List<Placed> placed = new ArrayList<>();
    private final List<Fixed> fixed = new ArrayList<>();
    private @Nullable dnnl_exec_arg_t arguments;

    PrimitiveStep(String name, dnnl_primitive primitive) {
        this.name = name;
        this.primitive = primitive;
    }

    PrimitiveStep with(int argument, dnnl_memory_desc form, Block block) {
        return with(argument, form, block, 0);
    }

    PrimitiveStep with(int argument, dnnl_memory_desc form, Block block, long offset) {
        placed.add(new Placed(argument, form, block, offset));
        return this;
    }

    PrimitiveStep with(int argument, dnnl_memory memory) {
        fixed.add(new Fixed(argument, memory));
        return this;
    }

    @Override
    void bind(BytePointer arena, dnnl_engine engine, Resources owner) {
        dnnl_exec_arg_t list = owner.own(new dnnl_exec_arg_t(placed.size() + fixed.size()), Pointer::close);
        int next = 0;
        for (Placed p : placed) {
            Pointer data = arena.getPointer(p.block.offset() + p.offset);
            list.getPointer(next++).arg(p.argument).memory(Dnnl.memory(p.form, data, engine, owner));
        }
        for (Fixed f : fixed) {
            list.getPointer(next++).arg(f.argument).memory(f.memory);
        }
        arguments = list;
    }

    @Override
    void run(dnnl_stream stream) {
        Dnnl.check(dnnl_primitive_execute(primitive, stream, placed.size() + fixed.size(), arguments), name);
    }
}
