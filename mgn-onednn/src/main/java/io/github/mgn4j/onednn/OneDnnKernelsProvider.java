package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernelsProvider;
import org.bytedeco.dnnl.global.dnnl;

/** Provides the kernels of training by oneDNN if its natives are on the class path. */
public final class OneDnnKernelsProvider implements TrainingKernelsProvider {
    @Override
    public boolean available() {
        return new OneDnnEngineProvider().available();
    }

    @Override
    public Precision choose(Precision wanted) {
        return wanted == Precision.BF16 && !OneDnnEngineProvider.bf16OrWarn() ? Precision.FP32 : wanted;
    }

    @Override
    public TrainingKernels open(Precision precision) {
        return OneDnnKernels.open(precision == Precision.BF16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32);
    }
}
