package io.github.mgn4j.eval.internal;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.internal.io.Services;
import java.util.Comparator;

/** Chooses the matrix products of blocks. */
public final class Products {
    /** Initialised at the first use, because loading a library for matrix products takes time. */
    private static final class Found {
        static final BlockProducts.Factory FACTORY = find();
    }

    private Products() {}

    /** Returns the available products of the highest priority on the class path, else those in plain Java. */
    public static BlockProducts.Factory best() {
        return Found.FACTORY;
    }

    private static BlockProducts.Factory find() {
        Services<ProductsProvider> services = Services.find(ProductsProvider.class, ProductsProvider::priority);
        return services.usable().stream()
                .sorted(Comparator.comparingInt(ProductsProvider::priority).reversed())
                .filter(ProductsProvider::available)
                .findFirst()
                .map(ProductsProvider::factory)
                .orElse(JavaProducts::new);
    }
}
