package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnProductsTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "3, 5, 7, 2", "33, 17, 130, 3"})
    void areThoseOfPlainLoops(int queries, int gallery, int depth, int slices) {
        ProductsProvider provider = new OneDnnProductsProvider();
        assertThat(provider.available()).isTrue();
        Random random = new Random(7);
        try (BlockProducts products = provider.factory().open(queries, gallery, depth, slices)) {
            for (int round = 0; round < 2; round++) {
                for (int s = 0; s < slices; s++) {
                    fill(products.queries(s), queries * depth, random);
                    fill(products.gallery(s), gallery * depth, random);
                }
                products.multiply();
                for (int s = 0; s < slices; s++) {
                    for (int i = 0; i < queries * gallery; i++) {
                        double expected = 0;
                        for (int d = 0; d < depth; d++) {
                            expected += (double) products.queries(s).get(i / gallery * depth + d)
                                    * products.gallery(s).get(i % gallery * depth + d);
                        }
                        assertThat((double) products.products(s).get(i)).isCloseTo(expected, within(1e-5 * depth));
                    }
                }
            }
        }
    }

    private static void fill(FloatBuffer buffer, int size, Random random) {
        for (int i = 0; i < size; i++) {
            buffer.put(i, random.nextFloat() - 0.5f);
        }
    }
}
