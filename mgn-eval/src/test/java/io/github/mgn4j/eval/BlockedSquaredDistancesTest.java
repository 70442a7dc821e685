package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.JavaProducts;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockedSquaredDistancesTest {
    private static final long SMALL = 1 << 20;

    @ParameterizedTest
    @CsvSource({"1,1,1", "5,7,3", "40,300,33", "600,700,64", "9,50,2500", "700,3,1030"})
    void nearValuesKeepToTheTolerance(int queries, int gallery, int dims) {
        Random random = new Random(dims);
        for (float offset : new float[] {0, 100}) {
            FeatureMatrix q = shifted(Fixtures.random(random, queries, dims, 0), offset);
            FeatureMatrix g = shifted(Fixtures.random(random, gallery, dims, 0), offset);
            check(BlockedSquaredDistances.between(Rows.of(q), Rows.of(g), SMALL, Products.fastest()));
            check(BlockedSquaredDistances.between(Rows.of(q), Rows.of(g), SMALL, Products.float32()));
            check(BlockedSquaredDistances.between(Rows.of(q), Rows.of(g), SMALL, null));
            check(BlockedSquaredDistances.between(Rows.of(q), Rows.of(g), SMALL, JavaProducts::new));
            check(BlockedSquaredDistances.within(Rows.of(g), SMALL, JavaProducts::new));
            if ((long) queries * gallery * dims < 1 << 21) {
                for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
                    LooseProducts.Opening loose = new LooseProducts.Opening(precision);
                    check(BlockedSquaredDistances.between(Rows.of(q), Rows.of(g), SMALL, loose));
                    check(BlockedSquaredDistances.within(Rows.of(g), SMALL, loose));
                }
            }
            check(BlockedSquaredDistances.within(Rows.of(g), SMALL, Products.fastest()));
            check(BlockedSquaredDistances.within(Rows.of(q), SMALL, null));
        }
    }

    @ParameterizedTest
    @CsvSource({"1e-30", "1e-13", "1e-5", "1", "1e7", "1e17"})
    void anyMagnitudeDoes(float factor) {
        Random random = new Random(1);
        FeatureMatrix g = Fixtures.random(random, 60, 20, 0);
        for (int i = 0; i < g.data().length; i++) {
            g.data()[i] *= factor;
        }
        BlockedSquaredDistances screen = BlockedSquaredDistances.within(Rows.of(g), SMALL, Products.fastest());
        check(screen);
        assertThat(screen.distance(screen.exact(3, 4)))
                .isEqualTo(new SquaredDistances(Rows.of(g), Rows.of(g)).pair(3, 4));
    }

    @Test
    void featuresWhoseSquaresOverflowAreRefused() {
        FeatureMatrix huge = FeatureMatrix.ofRows(new float[] {3e30f}, new float[] {-3e30f});
        assertThatThrownBy(() -> BlockedSquaredDistances.within(Rows.of(huge), SMALL, null))
                .isInstanceOf(EvaluationException.class)
                .hasMessageStartingWith("a feature is 3.00e+30 long, must be less than 1.15e+18");
    }

    @Test
    void theProductsOfTheEngineOnTheClassPathAreFound() {
        try (BlockProducts products = Products.fastest().open(new BlockProducts.Shape(1, 1, 1, 1, 1))) {
            assertThat(products.getClass().getSimpleName()).isEqualTo("OneDnnProducts");
        }
    }

    @Test
    void blocksFitIntoTheirMemory() {
        for (int[] size : new int[][] {{3368, 19732, 2048}, {11659, 82161, 2048}, {1, 1, 1}, {5, 100_000, 3}}) {
            for (long bytes : new long[] {SMALL, 10 * SMALL, BlockShape.DEFAULT_BYTES}) {
                for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
                    for (BlockProducts.Shape shape : new BlockProducts.Shape[] {
                        BlockShape.of(size[0], size[1], size[2], bytes, precision),
                        BlockShape.square(size[1], size[2], bytes, precision)
                    }) {
                        assertThat(shape.bytes(precision)).isLessThanOrEqualTo(bytes);
                        assertThat(shape.depth() * shape.slices()).isBetween(size[2], size[2] + shape.slices());
                    }
                }
            }
        }
        BlockProducts.Shape shape = new BlockProducts.Shape(3, 10, 20, 100, 2);
        assertThat(shape.bytes(Precision.FP32)).isEqualTo(4 * 2 * (3 * 10 * 100 + 20 * 100 + 10 * 20));
        assertThat(shape.bytes(Precision.BF16))
                .isEqualTo(shape.bytes(Precision.FP32) - 2 * 2 * (3 * 10 + 20) * 100 + 4 * 2 * (10 + 20) * 100);
        assertThatThrownBy(() -> new Evaluator(DistanceMetric.EUCLIDEAN, 1, 1000))
                .hasMessage("memory for blocks is 1000 bytes, must be at least 1048576");
    }

    /** Every pair comes once, rows in ascending parts, and is right to within the tolerance. */
    private static void check(BlockedSquaredDistances screen) {
        int[] next = new int[screen.queries()];
        screen.scan((q, from, width, near) -> {
            assertThat(from).isEqualTo(next[q]);
            next[q] += width;
            assertThat(screen.tolerance(q)).isLessThan(1e-2f);
            for (int j = 0; j < width; j++) {
                float tolerance = screen.tolerance(q, from + j);
                assertThat(tolerance).isLessThanOrEqualTo(screen.tolerance(q));
                double error = Math.abs(near[j] - screen.exact(q, from + j));
                if (!(error <= tolerance)) {
                    throw new AssertionError("off by " + error + ", tolerance " + tolerance);
                }
            }
        });
        assertThat(Arrays.stream(next)).allMatch(n -> n == screen.gallery());
    }

    private static FeatureMatrix shifted(FeatureMatrix features, float by) {
        for (int i = 0; i < features.data().length; i++) {
            features.data()[i] += by;
        }
        return features;
    }
}
