package io.github.mgn4j.train;

import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernelsProvider;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.internal.io.Services;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The kernels of another module for a trainer's plans, or none. */
record Kernels(Optional<TrainingKernelsProvider> provider) {
    static final Kernels NONE = new Kernels(Optional.empty());

    /** Finds those on the class path that can compute with this layout and type. */
    static Kernels find(Layout layout, DataType type) {
        if (layout != Layout.NHWC
                || type != DataType.FLOAT
                || !Nd4j.getEnvironment().isCPU()) {
            return NONE;
        }
        return new Kernels(
                Services.find(TrainingKernelsProvider.class, TrainingKernelsProvider::available).usable().stream()
                        .filter(TrainingKernelsProvider::available)
                        .findFirst());
    }

    boolean exist() {
        return provider.isPresent();
    }

    /** Opens kernels for one plan, which closes them; null if there are none. */
    @Nullable
    TrainingKernels open() {
        return provider.map(TrainingKernelsProvider::open).orElse(null);
    }
}
