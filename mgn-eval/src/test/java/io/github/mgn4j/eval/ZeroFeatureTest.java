package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under the cosine metric a feature of zeros is as far from everything as a right angle, exactly. */
class ZeroFeatureTest {
    private static final int DIMS = 40;

    private final Random random = new Random(11);
    private final FeatureMatrix query = withZeros(Fixtures.random(random, 6, DIMS, 0), 2);
    private final FeatureMatrix gallery = withZeros(Fixtures.random(random, 60, DIMS, 0), 0, 7, 59);

    private static FeatureMatrix withZeros(FeatureMatrix features, int... rows) {
        float[] data = features.data().clone();
        for (int row : rows) {
            Arrays.fill(data, row * DIMS, (row + 1) * DIMS, 0);
        }
        return FeatureMatrix.of(data, features.rows(), DIMS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1})
    void reRankingGivesThemNoOrder(double lambda) {
        ReRanker reRanker = new ReRanker(8, 3, lambda);
        double[][] distances = DistancesTest.all(reRanker.reRank(query, gallery, DistanceMetric.COSINE));
        if (lambda == 1) {
            assertThat(Arrays.stream(distances[2]).distinct().toArray())
                    .as("a query of zeros")
                    .hasSize(1);
            for (double[] row : distances) {
                assertThat(row[0])
                        .as("gallery entries of zeros")
                        .isEqualTo(row[7])
                        .isEqualTo(row[59]);
            }
        }
        // The list of the screened distances is that of the whole matrix.
        BoundedDistances screen = reRanker.screen(Rows.of(query), Rows.of(gallery), DistanceMetric.COSINE, 1 << 20);
        for (int q = 0; q < distances.length; q++) {
            for (int j = 0; j < gallery.rows(); j++) {
                assertThat(screen.distance(screen.exact(q, j))).isEqualTo(distances[q][j]);
            }
        }
        screen.scan((q, from, width, near) -> {
            for (int j = 0; j < width; j++) {
                double apart = Math.abs(near[j] - screen.exact(q, from + j));
                assertThat(apart).isLessThanOrEqualTo(screen.tolerance(q));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 60})
    void expansionLeavesAQueryOfZerosAndTakesNothingFromThem(int neighbours) {
        FeatureMatrix expanded = new QueryExpansion(neighbours, 3).expand(query, gallery, DistanceMetric.COSINE);
        assertThat(expanded.row(2)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(floats = {1, 3.7f, 1e-20f})
    void lengthsDoNotMoveThem(float factor) {
        float[] data = gallery.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] *= i / DIMS % 2 == 0 ? factor : 1;
        }
        FeatureMatrix scaled = FeatureMatrix.of(data, gallery.rows(), DIMS);
        for (ReRanker reRanker : new ReRanker[] {new ReRanker(8, 3, 1), new ReRanker(8, 3, 0.3)}) {
            assertThat(order(DistancesTest.all(reRanker.reRank(query, scaled, DistanceMetric.COSINE))[2]))
                    .isEqualTo(order(DistancesTest.all(reRanker.reRank(query, gallery, DistanceMetric.COSINE))[2]));
        }
    }

    private static int[] order(double[] distances) {
        return IntStream.range(0, distances.length)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> distances[j]))
                .mapToInt(j -> j)
                .toArray();
    }
}
