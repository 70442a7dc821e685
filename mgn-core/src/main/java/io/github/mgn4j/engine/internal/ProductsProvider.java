package io.github.mgn4j.engine.internal;

/** Provides the matrix products of evaluation by a native library; found by {@link java.util.ServiceLoader}. */
public interface ProductsProvider {
    /** Returns the rank of these products: of the available ones, those with the highest priority are used. */
    int priority();

    /** Returns whether the native library can run here. It must not print, and must not load what is then not used. */
    boolean available();

    /** Returns the arithmetic; called only where it is {@link #available()}. */
    BlockProducts.Factory factory();
}
