package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Precision;
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
        return new OneDnnProducts.Opening(Precision.FP32);
    }

    /** Returns products of bfloat16 where this processor is faster with it. */
    @Override
    public BlockProducts.Factory fastest() {
        return new OneDnnProducts.Opening(Processor.gainsFromBf16() ? Precision.BF16 : Precision.FP32);
    }
}
