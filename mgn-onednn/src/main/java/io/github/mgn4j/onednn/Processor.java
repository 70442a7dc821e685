package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.FormulaWeights;
import io.github.mgn4j.weights.Model;
import java.nio.FloatBuffer;

/** What this machine's processor is good at, as oneDNN sees it (its {@code ONEDNN_MAX_CPU_ISA} counts). */
final class Processor {
    /** By how much bfloat16 has to win, so that chance does not decide. */
    private static final double WORTHWHILE = 1.2;

    private static final int ROUNDS = 5;

    private Processor() {}

    /** Whether it multiplies 8-bit integers exactly and four at a time: VNNI or AMX. */
    static boolean hasInt8() {
        return has(dnnl_cpu_isa_avx512_core_vnni) || has(dnnl_cpu_isa_avx2_vnni);
    }

    /**
     * Whether bfloat16 is faster than float32. With AMX it is; without, processors that have instructions for it differ
     * from twice as fast to half as fast, so that it is tried once on a small network.
     */
    static boolean gainsFromBf16() {
        return has(dnnl_cpu_isa_avx512_core_amx) || (has(dnnl_cpu_isa_avx512_core_bf16) && Trial.WON);
    }

    private static boolean has(int isa) {
        return (dnnl_get_effective_cpu_isa() & isa) == isa;
    }

    private static final class Trial {
        static final boolean WON = run();

        private static boolean run() {
            MgnSpec spec = MgnSpec.builder()
                    .backbone(18, 0.5)
                    .input(96, 32)
                    .branches(Branch.globalOnly())
                    .embedding(0)
                    .build();
            Model model = FormulaWeights.model(spec);
            try (OneDnnEngine half = new OneDnnEngine(model, Arithmetic.BF16);
                    OneDnnEngine full = new OneDnnEngine(model, Arithmetic.FP32)) {
                long best = Long.MAX_VALUE;
                long other = Long.MAX_VALUE;
                for (int i = 0; i <= ROUNDS; i++) { // by turns, and the first ones make the plans
                    best = Math.min(best, nanos(half));
                    other = Math.min(other, nanos(full));
                }
                return other > WORTHWHILE * best;
            }
        }

        private static long nanos(OneDnnEngine engine) {
            int batch = 4;
            FloatBuffer images = FloatBuffer.allocate(batch * 3 * 96 * 32);
            FloatBuffer features = FloatBuffer.allocate(batch * engine.spec().dims());
            long start = System.nanoTime();
            engine.run(images, batch, features);
            return System.nanoTime() - start;
        }
    }
}
