package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.fixtures.ProductsCheck;
import org.junit.jupiter.api.Test;

class OneDnnProductsTest {
    @Test
    void areThoseOfPlainLoops() {
        ProductsProvider provider = new OneDnnProductsProvider();
        assertThat(provider.available()).isTrue();
        ProductsCheck.run(provider.factory());
    }
}
