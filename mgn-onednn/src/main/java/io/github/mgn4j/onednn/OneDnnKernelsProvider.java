package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernelsProvider;

/** Provides the kernels of training by oneDNN if its natives are on the class path. */
public final class OneDnnKernelsProvider implements TrainingKernelsProvider {
    @Override
    public boolean available() {
        return new OneDnnEngineProvider().available();
    }

    @Override
    public TrainingKernels open() {
        return OneDnnKernels.open();
    }
}
