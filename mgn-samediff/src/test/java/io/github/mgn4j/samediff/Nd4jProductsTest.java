package io.github.mgn4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.fixtures.ProductsCheck;
import org.junit.jupiter.api.Test;

class Nd4jProductsTest {
    @Test
    void areThoseOfPlainLoops() {
        ProductsProvider provider = new Nd4jProductsProvider();
        assertThat(provider.available()).isTrue();
        ProductsCheck.run(provider.factory());
    }
}
