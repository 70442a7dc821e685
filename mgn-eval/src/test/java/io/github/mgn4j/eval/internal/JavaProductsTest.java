package io.github.mgn4j.eval.internal;

import io.github.mgn4j.fixtures.ProductsCheck;
import org.junit.jupiter.api.Test;

class JavaProductsTest {
    @Test
    void areThoseOfPlainLoops() {
        ProductsCheck.run(JavaProducts::new);
    }
}
