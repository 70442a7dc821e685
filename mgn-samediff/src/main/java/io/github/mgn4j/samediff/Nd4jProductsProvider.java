package io.github.mgn4j.samediff;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.samediff.internal.CudaBackend;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Provides products by ND4J if it has a CPU backend, whose arrays lie in this machine's memory. */
public final class Nd4jProductsProvider implements ProductsProvider {
    /** Returns a priority below oneDNN's own products; ND4J would call an older version of oneDNN. */
    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean available() {
        if (CudaBackend.isPresent()) {
            return false; // it is not even loaded: where it cannot run, it prints a stack trace
        }
        CudaBackend.check(); // nothing may load ND4J before
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
