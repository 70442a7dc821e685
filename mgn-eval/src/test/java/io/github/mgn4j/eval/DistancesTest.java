package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistancesTest {
    @ParameterizedTest
    @CsvSource({"1,1,1", "3,5,2", "7,300,31", "33,257,32", "40,513,33", "5,600,67", "2,10,515"})
    void agreesWithTheDefinition(int queries, int gallery, int dims) {
        Random random = new Random(dims);
        FeatureMatrix q = Fixtures.random(random, queries, dims, 0);
        FeatureMatrix g = Fixtures.random(random, gallery, dims, 0);
        double[][] euclidean = all(Distances.between(q, g, DistanceMetric.EUCLIDEAN));
        double[][] cosine = all(Distances.between(q, g, DistanceMetric.COSINE));
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < gallery; j++) {
                double squares = 0;
                double product = 0;
                double normQ = 0;
                double normG = 0;
                for (int d = 0; d < dims; d++) {
                    squares += Math.pow((double) q.get(i, d) - g.get(j, d), 2);
                    product += (double) q.get(i, d) * g.get(j, d);
                    normQ += Math.pow(q.get(i, d), 2);
                    normG += Math.pow(g.get(j, d), 2);
                }
                double distance = Math.sqrt(squares);
                assertThat(euclidean[i][j]).isCloseTo(distance, within(1e-6 * distance));
                assertThat(cosine[i][j]).isCloseTo(1 - product / Math.sqrt(normQ * normG), within(1e-6));
            }
        }
    }

    /** Large equal parts and small differences: where |a|^2 + |b|^2 - 2ab in float32 knows nothing any more. */
    @Test
    void doesNotCancel() {
        FeatureMatrix q = FeatureMatrix.ofRows(new float[] {10_000, 10_000, 10_000});
        FeatureMatrix g =
                FeatureMatrix.ofRows(new float[] {10_000, 10_000, 10_000.01f}, new float[] {10_000, 10_000, 10_000});
        double[][] distances = all(Distances.between(q, g, DistanceMetric.EUCLIDEAN));
        assertThat(distances[0][0]).isCloseTo(10_000.01f - 10_000f, within(1e-9));
        assertThat(distances[0][1]).isZero();
    }

    @Test
    void equalVectorsAreAtDistanceZeroAndDuplicatesTieWhereverTheyLie() {
        Random random = new Random(4);
        FeatureMatrix distinct = Fixtures.random(random, 40, 77, 0);
        int[] copies = Fixtures.ints(random, 700, 0, 40);
        FeatureMatrix gallery = distinct.select(copies);
        for (DistanceMetric metric : DistanceMetric.values()) {
            double[][] distances = all(Distances.between(distinct, gallery, metric));
            double[][] reference = all(Distances.between(distinct, distinct, metric));
            for (int i = 0; i < 40; i++) {
                assertThat(reference[i][i]).isZero();
                for (int j = 0; j < copies.length; j++) {
                    assertThat(distances[i][j]).isEqualTo(reference[i][copies[j]]);
                    assertThat(distances[i][j]).isEqualTo(reference[copies[j]][i]);
                }
            }
        }
    }

    @Test
    void blocksAndSinglePairsGiveTheSameBits() {
        Random random = new Random(5);
        for (int dims : new int[] {1, 2, 3, 4, 31, 33, 70, 129}) {
            SquaredDistances distances = new SquaredDistances(
                    Rows.of(Fixtures.random(random, 9, dims, 0)), Rows.of(Fixtures.random(random, 300, dims, 0)));
            double[][] whole = all(distances);
            double[][] part = new double[2][300];
            distances.compute(5, part);
            assertThat(part[0]).isEqualTo(whole[5]);
            assertThat(part[1]).isEqualTo(whole[6]);
            for (int i = 0; i < 9; i++) {
                for (int j = 0; j < 300; j++) {
                    assertThat(distances.pair(i, j)).isEqualTo(whole[i][j]);
                }
            }
        }
    }

    /** Squares, zeros and re-ranking included: whole rows are what the exact values of single pairs say. */
    @Test
    void rowsAndExactValuesGiveTheSameBits() {
        Random random = new Random(8);
        FeatureMatrix q = Fixtures.random(random, 7, 40, 2);
        FeatureMatrix g = Fixtures.random(random, 50, 40, 2);
        Arrays.fill(g.data(), 40, 80, 0);
        for (DistanceMetric metric : DistanceMetric.values()) {
            for (BoundedDistances screen : List.of(
                    new BoundedFeatureDistances(Rows.of(q), Rows.of(g), metric, 1 << 20, Products.fastest()),
                    BoundedUnitDistances.between(Rows.of(q), Rows.of(g), metric, 1 << 20, Products.fastest()),
                    BoundedUnitDistances.within(Rows.of(g), metric, 1 << 20, Products.fastest()),
                    new ReRanker(5, 3, 0.3).screen(Rows.of(q), Rows.of(g), metric, 1 << 20),
                    new ReRanker(5, 3, 0).screen(Rows.of(q), Rows.of(g), metric, 1 << 20))) {
                double[][] rows = all(screen);
                for (int i = 0; i < rows.length; i++) {
                    for (int j = 0; j < rows[i].length; j++) {
                        assertThat(screen.distance(screen.exact(i, j)))
                                .as("%s %s: %s, %s", metric, screen.getClass(), i, j)
                                .isEqualTo(rows[i][j]);
                    }
                }
            }
        }
    }

    @Test
    void cosineKnowsNoLengthAndPutsZerosAtOne() {
        FeatureMatrix q = FeatureMatrix.ofRows(new float[] {1, 1}, new float[] {0, 0});
        FeatureMatrix g =
                FeatureMatrix.ofRows(new float[] {8, 8}, new float[] {-3, -3}, new float[] {-2, 2}, new float[] {0, 0});
        double[][] distances = all(Distances.between(q, g, DistanceMetric.COSINE));
        assertThat(distances[0]).containsExactly(new double[] {0, 2, 1, 1}, within(1e-6));
        assertThat(distances[0][0]).isZero();
        assertThat(distances[1]).containsExactly(1, 1, 1, 1);
    }

    @Test
    void refusesFeaturesOfOtherDims() {
        assertThatThrownBy(() -> Distances.between(
                        Fixtures.random(new Random(), 1, 3, 0),
                        Fixtures.random(new Random(), 1, 4, 0),
                        DistanceMetric.COSINE))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("query features have 3 dims, gallery features 4");
    }

    static double[][] all(Distances distances) {
        double[][] rows = new double[distances.queries()][distances.gallery()];
        distances.compute(0, rows);
        return rows;
    }
}
