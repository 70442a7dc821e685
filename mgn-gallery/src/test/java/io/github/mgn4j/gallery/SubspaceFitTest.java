package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The directions of an index: orthogonal, scaled, and nearly those of the exact principal components. */
class SubspaceFitTest {
    private static final int ROWS = 700;
    private static final int DIMS = 41;
    private static final int WANTED = 7;

    /** Features whose variance falls with the direction, in directions that are mixtures of all dimensions. */
    private static float[][] features(double size) {
        Random random = new Random(3);
        float[][] mixture = new float[DIMS][DIMS];
        for (float[] row : mixture) {
            for (int d = 0; d < DIMS; d++) {
                row[d] = (float) random.nextGaussian();
            }
        }
        float[][] rows = new float[ROWS][DIMS];
        for (float[] row : rows) {
            for (int l = 0; l < DIMS; l++) {
                double z = random.nextGaussian() / (1 + l);
                for (int d = 0; d < DIMS; d++) {
                    row[d] += (float) (size * (z * mixture[l][d] + 5.0 / DIMS));
                }
            }
        }
        return rows;
    }

    private static Subspace fit(float[][] rows, int wanted) {
        return SubspaceFit.fit(Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new), wanted);
    }

    private static double variance(float[][] rows) {
        double variance = 0;
        for (int d = 0; d < rows[0].length; d++) {
            double sum = 0;
            double squares = 0;
            for (float[] row : rows) {
                sum += row[d];
                squares += (double) row[d] * row[d];
            }
            variance += squares / rows.length - sum / rows.length * (sum / rows.length);
        }
        return variance;
    }

    private static float[][] project(Subspace subspace, float[][] rows) {
        float[][] projected = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            projected[i] = subspace.project(rows[i]);
        }
        return projected;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-30, 1e30})
    void keepsTheVarianceOfTheExactComponents(double size) {
        float[][] rows = features(size);
        Subspace subspace = fit(rows, WANTED);
        assertThat(subspace.dims()).isEqualTo(WANTED);
        double exact = FeatureProjection.fit(FeatureMatrix.ofRows(features(1)), WANTED, false)
                .explained();
        assertThat(variance(project(subspace, rows)) / (1024 * 1024)).isCloseTo(exact, within(1e-3));
        double length = dot(subspace, 0, 0);
        for (int a = 0; a < WANTED; a++) {
            for (int b = 0; b <= a; b++) {
                assertThat(dot(subspace, a, b) / length).isCloseTo(a == b ? 1 : 0, within(1e-5));
            }
        }
    }

    private static double dot(Subspace subspace, int a, int b) {
        double sum = 0;
        for (float[] row : subspace.basis()) {
            sum += (double) row[a] * row[b];
        }
        return sum;
    }

    /** With a mean far away, which costs digits, the bounds still hold, and are not much below the distances. */
    @Test
    void distancesAreNotBelowTheirBounds() {
        float[][] rows = features(1);
        for (float[] row : rows) {
            for (int d = 0; d < DIMS; d++) {
                row[d] += 300;
            }
        }
        Subspace subspace = fit(rows, 20);
        double longest = Math.sqrt(Arrays.stream(rows)
                .mapToDouble(row -> Features.square(row))
                .max()
                .orElseThrow());
        double bounds = 0;
        double distances = 0;
        for (int i = 1; i < ROWS; i++) {
            double exact = Math.sqrt(FixedOrder.squaredDistance(rows[0], 0, rows[i], 0, DIMS));
            double square = FixedOrder.squaredDistance(
                    subspace.project(rows[0]), 0, subspace.project(rows[i]), 0, subspace.dims());
            double bound = subspace.atLeast(square, 2 * longest);
            assertThat(bound).isLessThanOrEqualTo(exact);
            bounds += bound;
            distances += exact;
        }
        assertThat(bounds / distances).isGreaterThan(0.9);
    }

    @Test
    void fewDimensionsStayAsTheyAre() {
        float[][] rows = features(1);
        Subspace subspace = fit(rows, DIMS);
        float factor = subspace.basis()[0][0];
        assertThat(variance(project(subspace, rows))).isCloseTo(1024 * 1024, within(2000.0));
        assertThat(subspace.project(rows[5])[40]).isEqualTo(rows[5][40] * factor);
    }

    @Test
    void equalFeaturesAndFewDirectionsHaveASubspace() {
        float[][] equal = new float[ROWS][DIMS];
        float[][] line = new float[ROWS][DIMS];
        for (int i = 0; i < ROWS; i++) {
            equal[i][3] = 2;
            line[i][4] = i;
        }
        for (float[][] rows : new float[][][] {equal, line}) {
            for (float[] row : project(fit(rows, WANTED), rows)) {
                assertThat(row).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
            }
        }
        assertThat(variance(project(fit(line, WANTED), line))).isCloseTo(1024 * 1024, within(2000.0));
    }
}
