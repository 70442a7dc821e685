package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.CudaBackend;
import java.util.Set;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Provides SameDiff on the ND4J backend that the application has on its class path. */
public final class SameDiffEngineProvider implements EngineProvider {
    private static final int GPU_PRIORITY = 50;

    @Override
    public String name() {
        return SameDiffEngine.NAME;
    }

    /** Returns the lowest priority, unless ND4J has a usable GPU: then one above the CPU engines. */
    @Override
    public int priority() {
        return CudaBackend.isUsable() ? GPU_PRIORITY : 0;
    }

    @Override
    public boolean available() {
        if (!CudaBackend.unavailableReason().isEmpty()) {
            return false;
        }
        try {
            return Nd4jBackend.load() != null;
        } catch (Nd4jBackend.NoAvailableBackendException e) {
            return false;
        }
    }

    @Override
    public String unavailableReason() {
        String gpu = CudaBackend.unavailableReason();
        return gpu.isEmpty() ? "no ND4J backend is on the class path" : gpu;
    }

    @Override
    public Set<Precision> precisions() {
        return Set.of(Precision.FP32);
    }

    /** Returns 1 if ND4J has a usable GPU, else 0: ND4J computes on the first one. */
    @Override
    public int devices() {
        return CudaBackend.isUsable() ? 1 : 0;
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        return new SameDiffEngine(model);
    }
}
