package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.samediff.internal.CudaBackend;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Products by ND4J, where it has a backend whose arrays lie in this machine's memory: one for CPUs. */
public final class Nd4jProductsProvider implements ProductsProvider {
    /** ND4J's class of the backend for GPUs, which is not even loaded: where it cannot run, it prints a stack trace. */
    private static final String CUDA = "/org/nd4j/linalg/jcublas/JCublasBackend.class";

    /** Behind oneDNN's own, which ND4J's would call too, in an older version. */
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
