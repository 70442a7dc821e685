package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Capabilities of this machine's CPU as oneDNN sees it; {@code ONEDNN_MAX_CPU_ISA} is respected. */
final class Processor {
    /** Speed-up that bfloat16 must reach, so that noise does not decide. */
    private static final double WORTHWHILE = 1.2;

    private static final int ROUNDS = 10;
    private static final long SIZE = 512;

    private Processor() {}

    /** Returns whether the CPU multiplies 8-bit integers exactly and four at a time, by VNNI or AMX. */
    static boolean hasInt8() {
        return has(dnnl_cpu_isa_avx512_core_vnni) || has(dnnl_cpu_isa_avx2_vnni);
    }

    /**
     * Returns whether bfloat16 is faster than float32. With AMX it is. Without AMX, CPUs that have instructions for it
     * vary from twice as fast to half as fast, so it is measured once on a matrix product.
     */
    static boolean gainsFromBf16() {
        return has(dnnl_cpu_isa_avx512_core_amx) || (has(dnnl_cpu_isa_avx512_core_bf16) && Trial.WON);
    }

    /** Returns whether the CPU has one of oneDNN's instruction sets, {@code dnnl_cpu_isa_*}. */
    static boolean has(int isa) {
        return (dnnl_get_effective_cpu_isa() & isa) == isa;
    }

    /**
     * A class of its own, so that it is initialised once. The measurement is a method of the outer class, or the native
     * thread would wait for this class.
     */
    private static final class Trial {
        static final boolean WON = NativeThread.call(Processor::bf16Wins);
    }

    private static boolean bf16Wins() {
        try (Resources owner = new Resources()) {
            dnnl_engine engine = Dnnl.engine(owner);
            dnnl_stream stream = Dnnl.stream(engine, owner);
            Runnable half = product(dnnl_bf16, engine, stream, owner);
            Runnable full = product(dnnl_f32, engine, stream, owner);
            long best = Long.MAX_VALUE;
            long other = Long.MAX_VALUE;
            for (int i = 0; i < ROUNDS; i++) { // alternating
                best = Math.min(best, nanos(half));
                other = Math.min(other, nanos(full));
            }
            return other > WORTHWHILE * best;
        }
    }

    /** Returns the product of two square matrices, the second in the form that the primitive prefers. */
    private static Runnable product(int type, dnnl_engine engine, dnnl_stream stream, Resources owner) {
        dnnl_memory_desc plain = Dnnl.descriptor(type, dnnl_ab, owner, SIZE, SIZE);
        dnnl_memory_desc any = Dnnl.descriptor(type, dnnl_format_tag_any, owner, SIZE, SIZE);
        dnnl_memory_desc result = Dnnl.descriptor(dnnl_f32, dnnl_ab, owner, SIZE, SIZE);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        String what = "product of matrices";
        int status = dnnl_matmul_primitive_desc_create(description, engine, plain, any, null, result, null);
        dnnl_primitive primitive = Dnnl.primitive(description, status, what, owner, owner);
        dnnl_exec_arg_t arguments = owner.own(new dnnl_exec_arg_t(3), Pointer::close);
        arguments.getPointer(0).arg(DNNL_ARG_SRC).memory(zeros(plain, engine, owner));
        arguments
                .getPointer(1)
                .arg(DNNL_ARG_WEIGHTS)
                .memory(zeros(Dnnl.wanted(description, dnnl_query_weights_md), engine, owner));
        arguments.getPointer(2).arg(DNNL_ARG_DST).memory(zeros(result, engine, owner));
        return () -> {
            Dnnl.check(dnnl_primitive_execute(primitive, stream, 3, arguments), what);
            Dnnl.check(dnnl_stream_wait(stream), what);
        };
    }

    private static dnnl_memory zeros(dnnl_memory_desc form, dnnl_engine engine, Resources owner) {
        BytePointer data = Dnnl.allocate(Dnnl.size(form), owner);
        Pointer.memset(data, 0, Dnnl.size(form));
        return Dnnl.memory(form, data, engine, owner);
    }

    private static long nanos(Runnable task) {
        long start = System.nanoTime();
        task.run();
        return System.nanoTime() - start;
    }
}
