package io.github.mgn4j.eval.internal;

import com.google.common.util.concurrent.Futures;
import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.internal.io.Services;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.FutureTask;

/** Chooses the matrix products of blocks: once, at the first use, because loading a library for them takes time. */
public final class Products {
    private static final FutureTask<ProductsProvider> FOUND = new FutureTask<>(Products::find);

    private Products() {}

    /** Begins in the background to load what {@link #float32} and {@link #fastest} will return, while features are read. */
    public static void prepare() {
        if (!FOUND.isDone()) {
            Thread thread = new Thread(FOUND, "mgn-products");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Returns the available products of the highest priority on the class path, else those in plain Java. */
    public static BlockProducts.Factory float32() {
        return found().factory();
    }

    /** Returns the same library's products that are fastest on this machine; they may round the values. */
    public static BlockProducts.Factory fastest() {
        return found().fastest();
    }

    private static ProductsProvider found() {
        FOUND.run(); // does nothing if it has begun
        return Objects.requireNonNull(Futures.getUnchecked(FOUND));
    }

    private static ProductsProvider find() {
        ProductsProvider provider = choose();
        provider.fastest().open(new BlockProducts.Shape(1, 1, 1, 1, 1)).close(); // the first one takes longer, too
        return provider;
    }

    private static ProductsProvider choose() {
        Services<ProductsProvider> services = Services.find(ProductsProvider.class, ProductsProvider::priority);
        return services.usable().stream()
                .sorted(Comparator.comparingInt(ProductsProvider::priority).reversed())
                .filter(ProductsProvider::available)
                .findFirst()
                .orElse(new InJava());
    }

    private static final class InJava implements ProductsProvider {
        @Override
        public int priority() {
            return Integer.MIN_VALUE;
        }

        @Override
        public boolean available() {
            return true;
        }

        @Override
        public BlockProducts.Factory factory() {
            return JavaProducts::new;
        }
    }
}
