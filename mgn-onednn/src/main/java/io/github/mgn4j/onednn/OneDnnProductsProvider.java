package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;

/** Provides matrix products by oneDNN if its natives are on the class path. */
public final class OneDnnProductsProvider implements ProductsProvider {
    @Override
    public int priority() {
        return 10;
    }

    @Override
    public boolean available() {
        return new OneDnnEngineProvider().available();
    }

    @Override
    public BlockProducts.Factory factory() {
        return OneDnnProducts::open;
    }
}
