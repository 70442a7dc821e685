package io.github.mgn4j.eval.internal;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.internal.io.Services;
import java.util.Comparator;
import java.util.Optional;

/** Chooses the matrix products of blocks. */
public final class Products {
    /** Initialised at the first use, because loading a library for matrix products takes time. */
    private static final class Found {
        static final Optional<ProductsProvider> PROVIDER = find();
    }

    private Products() {}

    /** Returns the available products of the highest priority on the class path, else those in plain Java. */
    public static BlockProducts.Factory best() {
        return Found.PROVIDER.map(ProductsProvider::factory).orElse(JavaProducts::new);
    }

    /** Returns the products of {@link #best()} in the fastest form, which may add an error to that of float32 sums. */
    public static BlockProducts.Factory fastest() {
        return Found.PROVIDER.map(ProductsProvider::fastest).orElse(JavaProducts::new);
    }

    private static Optional<ProductsProvider> find() {
        Services<ProductsProvider> services = Services.find(ProductsProvider.class, ProductsProvider::priority);
        return services.usable().stream()
                .sorted(Comparator.comparingInt(ProductsProvider::priority).reversed())
                .filter(ProductsProvider::available)
                .findFirst();
    }
}
