package io.github.mgn4j.train;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernelsProvider;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.internal.io.Services;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The kernels of another module for a trainer's plans, or none. */
record Kernels(Optional<TrainingKernelsProvider> provider, Precision precision) {
    static final Kernels NONE = new Kernels(Optional.empty(), Precision.FP32);

    /**
     * Finds those on the class path that can compute with this layout and type.
     *
     * @throws RecipeException if there are none, and the precision needs them
     */
    static Kernels find(Layout layout, DataType type, Precision precision) {
        boolean suited = layout == Layout.NHWC && type == DataType.FLOAT;
        Kernels found = suited && Nd4j.getEnvironment().isCPU() ? find(precision) : NONE;
        RecipeException.check(
                found.exist() || precision == Precision.FP32,
                "precision %s needs mgn-onednn and its natives on the class path, and trains on a CPU",
                precision.label());
        return found;
    }

    private static Kernels find(Precision precision) {
        return Services.find(TrainingKernelsProvider.class, TrainingKernelsProvider::available).usable().stream()
                .filter(TrainingKernelsProvider::available)
                .findFirst()
                .map(found -> new Kernels(Optional.of(found), found.choose(precision)))
                .orElse(NONE);
    }

    boolean exist() {
        return provider.isPresent();
    }

    /** Opens kernels for one plan, which closes them; null if there are none. */
    @Nullable
    TrainingKernels open() {
        return provider.map(found -> found.open(precision)).orElse(null);
    }
}
