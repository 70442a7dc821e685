package io.github.mgn4j.engine.internal;

/**
 * Provides the matrix products of evaluation by a native library. Providers are found by
 * {@link java.util.ServiceLoader}.
 */
public interface ProductsProvider {
    /** Returns the rank of these products: the available provider with the highest priority is used. */
    int priority();

    /**
     * Returns whether the native library can run here. The check must not print, and must load nothing that is not used
     * afterwards.
     */
    boolean available();

    /** Returns the factory of products in float32. Callers check {@link #available()} first. */
    BlockProducts.Factory factory();

    /**
     * Returns the factory of the fastest products, which may round the values: see {@link BlockProducts.Factory#precision}. Callers
     * check {@link #available()} first.
     */
    default BlockProducts.Factory fastest() {
        return factory();
    }
}
