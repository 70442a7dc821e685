package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.samediff.internal.CudaBackend;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Provides products by ND4J if it has a CPU backend, whose arrays lie in this machine's memory. */
public final class Nd4jProductsProvider implements ProductsProvider {
    /**
     * ND4J's class of the CUDA backend, which is not even loaded: it prints a stack trace where it cannot run.
     */
    private static final String CUDA = "/org/nd4j/linalg/jcublas/JCublasBackend.class";

    /** Returns a priority below oneDNN's own products; ND4J would call an older version of oneDNN. */
    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean available() {
        if (Nd4jProductsProvider.class.getResource(CUDA) != null
                || !CudaBackend.unavailableReason().isEmpty()) {
            return false;
        }
        try {
            Nd4jBackend backend = Nd4jBackend.load();
            return backend != null && backend.getClass().getSimpleName().contains("Cpu");
        } catch (Nd4jBackend.NoAvailableBackendException e) {
            return false;
        }
    }

    @Override
    public BlockProducts.Factory factory() {
        return Nd4jProducts::new;
    }
}
