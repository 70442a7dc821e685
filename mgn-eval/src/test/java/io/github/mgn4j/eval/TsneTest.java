package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsneTest {
    /** Central differences of the divergence, which is written here as in the paper: sum p log(p / q). */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 12"})
    void theGradientIsThatOfTheDivergence(long seed, double exaggeration) {
        Random random = new Random(seed);
        int n = 17;
        double[][] p = TsneAffinities.of(Fixtures.random(random, n, 5, 0), 4);
        double[][] y = new double[n][2];
        for (double[] point : y) {
            point[0] = random.nextGaussian();
            point[1] = random.nextGaussian();
        }
        double[][] gradient = Tsne.gradient(p, y, exaggeration);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 2; k++) {
                double at = y[i][k];
                y[i][k] = at + 1e-5;
                double above = divergence(p, y, exaggeration);
                y[i][k] = at - 1e-5;
                double below = divergence(p, y, exaggeration);
                y[i][k] = at;
                assertThat(gradient[i][k]).isCloseTo((above - below) / 2e-5, within(1e-8));
            }
        }
    }

    /**
     * Of affinities that are exaggerated only those are: what pushes apart stays as it is. That is the gradient of sum e p
     * log(1 + d^2) + log sum 1 / (1 + d^2), which without exaggeration is the divergence but for a constant.
     */
    private static double divergence(double[][] p, double[][] y, double exaggeration) {
        double sum = 0;
        double divergence = 0;
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y.length; j++) {
                if (i != j) {
                    double near = 1 / (1 + Math.pow(y[i][0] - y[j][0], 2) + Math.pow(y[i][1] - y[j][1], 2));
                    sum += near;
                    divergence += exaggeration * p[i][j] * (Math.log(p[i][j]) - Math.log(near));
                }
            }
        }
        return divergence + Math.log(sum);
    }

    @Test
    void affinitiesHaveThePerplexityAskedFor() {
        Random random = new Random(3);
        int n = 60;
        FeatureMatrix features = Fixtures.random(random, n, 4, 0);
        double[][] mean = new double[n][n];
        for (int i = 0; i < n; i++) {
            double[] squares = new double[n];
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < 4; k++) {
                    squares[j] += Math.pow((double) features.get(i, k) - features.get(j, k), 2);
                }
            }
            double[] p = TsneAffinities.conditional(squares, i, 12);
            double entropy = 0;
            int other = i == 0 ? 1 : 0;
            for (int j = 0; j < n; j++) {
                entropy -= p[j] > 0 ? p[j] * Math.log(p[j]) : 0;
                mean[i][j] += p[j] / (2 * n);
                mean[j][i] += p[j] / (2 * n);
                if (j != i) {
                    // A Gaussian: the logarithm falls with the square, by the same factor everywhere.
                    assertThat((Math.log(p[j]) - Math.log(p[other])) * (squares[n - 1 - i] - squares[other]))
                            .isCloseTo(
                                    (Math.log(p[n - 1 - i]) - Math.log(p[other])) * (squares[j] - squares[other]),
                                    within(1e-6));
                }
            }
            assertThat(p[i]).isZero();
            assertThat(Math.exp(entropy)).isCloseTo(12, within(1e-4));
        }
        double[][] p = TsneAffinities.of(features, 12);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                assertThat(p[i][j]).isCloseTo(mean[i][j], within(1e-12 + 1e-9 * mean[i][j]));
            }
        }
    }

    @Test
    void peopleWhoAreFarApartStayTogether() {
        Random random = new Random(9);
        int people = 6;
        int each = 20;
        FeatureMatrix features = Fixtures.random(random, people * each, 16, 0);
        for (int i = 0; i < features.rows(); i++) {
            features.data()[i * 16 + i / each] += 12;
        }
        Tsne tsne = new Tsne(10, 400, 5);
        double[][] y = tsne.layout(features);
        for (int i = 0; i < y.length; i++) {
            int nearest = -1;
            for (int j = 0; j < y.length; j++) {
                if (j != i && (nearest < 0 || distance(y[i], y[j]) < distance(y[i], y[nearest]))) {
                    nearest = j;
                }
            }
            assertThat(nearest / each).isEqualTo(i / each);
        }
        assertThat(tsne.layout(features)).isDeepEqualTo(y);
        assertThat(new Tsne(10, 400, 6).layout(features)[0]).isNotEqualTo(y[0]);
        double[] centre = new double[2];
        for (double[] point : y) {
            centre[0] += point[0];
            centre[1] += point[1];
        }
        assertThat(Math.abs(centre[0]) + Math.abs(centre[1])).isLessThan(1e-9);
    }

    @Test
    void imagesThatAreTheSameAreNoTrouble() {
        double[][] y = new Tsne().layout(FeatureMatrix.of(new float[40], 10, 4));
        for (double[] point : y) {
            assertThat(Double.isFinite(point[0]) && Double.isFinite(point[1])).isTrue();
        }
    }

    @Test
    void refusesTooFewAndTooManyPoints() {
        assertThatThrownBy(() -> new Tsne().layout(FeatureMatrix.of(new float[3], 3, 1)))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("t-SNE of 3 points, possible are 4 to 2000");
        assertThatThrownBy(() -> new Tsne().layout(FeatureMatrix.of(new float[2001], 2001, 1)))
                .hasMessage("t-SNE of 2001 points, possible are 4 to 2000");
        assertThatThrownBy(() -> new Tsne(0.5, 10, 0)).hasMessage("perplexity is 0.5, must be 1 to 2000");
        assertThatThrownBy(() -> new Tsne(5, 0, 0)).hasMessage("iterations is 0, must be at least 1");
    }

    private static double distance(double[] a, double[] b) {
        return Math.hypot(a[0] - b[0], a[1] - b[1]);
    }
}
