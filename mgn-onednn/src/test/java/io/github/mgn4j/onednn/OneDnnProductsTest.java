package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.fixtures.ProductsCheck;
import org.junit.jupiter.api.Test;

class OneDnnProductsTest {
    @Test
    void areThoseOfPlainLoops() {
        ProductsProvider provider = new OneDnnProductsProvider();
        assertThat(provider.available()).isTrue();
        assertThat(provider.factory().precision()).isEqualTo(Precision.FP32);
        ProductsCheck.run(provider.factory());
        ProductsCheck.run(provider.fastest());
        if (Processor.has(dnnl_cpu_isa_avx512_core)) { // also where they are slow
            ProductsCheck.run(new OneDnnProducts.Opening(Precision.BF16));
        }
    }
}
