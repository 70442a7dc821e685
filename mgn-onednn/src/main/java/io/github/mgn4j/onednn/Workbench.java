package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/** Makes and runs calls whose operands lie at given addresses, and which share memory for what lasts no longer than a call. */
final class Workbench implements AutoCloseable {
    private final Resources resources = new Resources();
    private final dnnl_engine engine = Dnnl.engine(resources);
    private final dnnl_stream stream = Dnnl.stream(engine, resources);
    private final SharedMemory scratchpad = new SharedMemory(resources);
    private final Map<Temporary, SharedMemory> temporaries = new EnumMap<>(Temporary.class);

    /** What a call leaves for the next one of the same kernel, in the form that this one wants. */
    enum Temporary {
        MAP,
        /** Those of a map that a 1x1 convolution with a stride reads. */
        PIXELS,
        GRADIENT,
        /** Weights, or their gradient. */
        WEIGHTS
    }

    /** Something to run. */
    @FunctionalInterface
    interface Call {
        void run();
    }

    /** The operands of a call, by oneDNN's names. */
    final class Operands {
        private final List<Integer> arguments = new ArrayList<>();
        private final List<dnnl_memory> memories = new ArrayList<>();

        Operands with(int argument, dnnl_memory memory) {
            arguments.add(argument);
            memories.add(memory);
            return this;
        }

        Operands with(int argument, dnnl_memory_desc form, long address) {
            return with(argument, at(form, address));
        }

        /**
         * Makes the call.
         *
         * @param description of the primitive, which is freed with {@code temporary}
         * @param status that the function which filled it returned
         */
        Call call(String name, dnnl_primitive_desc description, int status, Resources temporary) {
            dnnl_primitive primitive = Dnnl.primitive(description, status, name, temporary, resources);
            dnnl_memory_desc form = Dnnl.wanted(description, dnnl_query_scratchpad_md);
            if (Dnnl.size(form) > 0) {
                with(DNNL_ARG_SCRATCHPAD, scratchpad.add(at(form, 0), Dnnl.size(form)));
            }
            dnnl_exec_arg_t list = resources.own(new dnnl_exec_arg_t(arguments.size()), Pointer::close);
            for (int i = 0; i < arguments.size(); i++) {
                list.getPointer(i).arg(arguments.get(i)).memory(memories.get(i));
            }
            int count = arguments.size();
            return () -> Dnnl.check(dnnl_primitive_execute(primitive, stream, count, list), name);
        }
    }

    dnnl_engine engine() {
        return engine;
    }

    Operands operands() {
        return new Operands();
    }

    /** Returns memory of a form at an address, which the caller of the kernels keeps alive. */
    dnnl_memory at(dnnl_memory_desc form, long address) {
        return Dnnl.memory(form, Dnnl.at(address), engine, resources);
    }

    /** Returns memory that lasts from one call of a kernel to another. */
    dnnl_memory temporary(Temporary use, dnnl_memory_desc form) {
        return temporaries
                .computeIfAbsent(use, key -> new SharedMemory(resources))
                .add(at(form, 0), Dnnl.size(form));
    }

    /** Runs calls one after the other and waits for their end. */
    void run(List<Call> calls) {
        scratchpad.provide();
        temporaries.values().forEach(SharedMemory::provide);
        calls.forEach(Call::run);
        Dnnl.check(dnnl_stream_wait(stream), "training step");
    }

    @Override
    public void close() {
        resources.close();
    }
}
