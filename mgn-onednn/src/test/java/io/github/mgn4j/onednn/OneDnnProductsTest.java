package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.engine.internal.ProductsProvider;
import io.github.mgn4j.fixtures.ProductsCheck;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnProductsTest {
    @Test
    void areThoseOfPlainLoops() {
        ProductsProvider provider = new OneDnnProductsProvider();
        assertThat(provider.available()).isTrue();
        ProductsCheck.run(provider.factory());
    }

    @Test
    void splitProductsAreThoseOfPlainLoopsToo() {
        assumeThat(Processor.has(dnnl_cpu_isa_avx512_core)).isTrue();
        ProductsCheck.run(new OneDnnSplitProducts.Factory());
        ProductsProvider provider = new OneDnnProductsProvider();
        assertThat(provider.factory().error()).isZero();
        assertThat(provider.fastest().error() > 0).isEqualTo(Processor.hasAmx() && OneDnnSplitProducts.areFaster());
    }

    /**
     * Values whose bfloat16 remainders are as large as they can be, with signs that add up, and random ones: the bound holds, and
     * errors of its size occur.
     */
    @ParameterizedTest
    @CsvSource({"1, 1024", "3, 700", "2, 1024"})
    void splitProductsKeepToTheirBound(int slices, int depth) {
        assumeThat(Processor.has(dnnl_cpu_isa_avx512_core)).isTrue();
        int rows = 40;
        Random random = new Random(depth);
        OneDnnSplitProducts.Factory factory = new OneDnnSplitProducts.Factory();
        double worst = 0;
        try (BlockProducts products = factory.open(rows, rows, depth, slices)) {
            float[][] values = new float[slices][rows * depth];
            for (int s = 0; s < slices; s++) {
                for (int d = 0; d < depth; d++) {
                    float sign = random.nextBoolean() ? 1 : -1;
                    for (int i = 0; i < rows; i++) {
                        values[s][i * depth + d] =
                                i < rows / 2 ? sign * 0x1.00fffep-6f : (float) random.nextGaussian() / 64;
                    }
                }
                products.queries(s).put(0, values[s]);
                products.gallery(s).put(0, values[s]);
            }
            products.multiply();
            for (int s = 0; s < slices; s++) {
                for (int at = 0; at < rows * rows; at++) {
                    double exact = product(values[s], at / rows, at % rows, depth);
                    double lengths = Math.sqrt(product(values[s], at / rows, at / rows, depth)
                            * product(values[s], at % rows, at % rows, depth));
                    double error = Math.abs(products.products(s).get(at) - exact) / lengths * 0x1p24;
                    assertThat(error).isLessThan(depth + factory.error());
                    worst = Math.max(worst, error);
                }
            }
        }
        assertThat(worst).isGreaterThan(200);
    }

    private static double product(float[] values, int row, int other, int depth) {
        double sum = 0;
        for (int d = 0; d < depth; d++) {
            sum += (double) values[row * depth + d] * values[other * depth + d];
        }
        return sum;
    }
}
