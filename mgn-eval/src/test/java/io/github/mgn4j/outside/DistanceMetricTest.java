package io.github.mgn4j.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.eval.Distances;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The distance of two features, as a program has it: against plain loops, and against the matrix. */
class DistanceMetricTest {
    private final Random random = new Random(4);

    private float[] feature(int dims) {
        float[] feature = new float[dims];
        for (int d = 0; d < dims; d++) {
            feature[d] = (float) random.nextGaussian();
        }
        return feature;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 32, 100, 2048})
    void isThatOfPlainLoops(int dims) {
        float[] a = feature(dims);
        float[] b = feature(dims);
        double squares = 0;
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int d = 0; d < dims; d++) {
            double difference = (double) a[d] - b[d];
            squares += difference * difference;
            product += (double) a[d] * b[d];
            squaresA += (double) a[d] * a[d];
            squaresB += (double) b[d] * b[d];
        }
        // Sums of 32 float32 squares: 34 roundings of 2^-24 at most.
        double euclidean = Math.sqrt(squares);
        assertThat(DistanceMetric.EUCLIDEAN.between(a, b)).isCloseTo(euclidean, within(3e-6 * euclidean));
        double cosine = 1 - product / Math.sqrt(squaresA * squaresB);
        assertThat(DistanceMetric.COSINE.between(a, b)).isCloseTo(cosine, within(1e-5));
    }

    @ParameterizedTest
    @EnumSource
    void isThatOfTheMatrixBitForBit(DistanceMetric metric) {
        float[] a = feature(70);
        float[] b = feature(70);
        float[] zeros = new float[70];
        for (float[][] pair : new float[][][] {{a, b}, {a, a}, {a, zeros}, {zeros, b}, {zeros, zeros}}) {
            double[][] matrix = new double[1][1];
            Distances.between(FeatureMatrix.ofRows(pair[0]), FeatureMatrix.ofRows(pair[1]), metric)
                    .compute(0, matrix);
            assertThat(metric.between(pair[0], pair[1])).isEqualTo(matrix[0][0]);
            assertThat(metric.between(pair[1], pair[0])).isEqualTo(matrix[0][0]);
        }
        assertThat(metric.between(a, a)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void otherLengthsAreRefused(DistanceMetric metric) {
        assertThatThrownBy(() -> metric.between(new float[3], new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features of 3 and 2 values have no distance");
        assertThatThrownBy(() -> metric.between(new float[0], new float[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
