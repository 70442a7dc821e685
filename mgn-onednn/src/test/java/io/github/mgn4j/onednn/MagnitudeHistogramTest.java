package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagnitudeHistogramTest {
    @ParameterizedTest
    @ValueSource(ints = {127, 255})
    void theBoundIsAboutTheBestOne(int steps) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[100_000];
        for (int i = 1; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        values[0] = 6; // one far away from the others, which reach 4.5
        MagnitudeHistogram magnitudes = new MagnitudeHistogram();
        magnitudes.add(FloatBuffer.wrap(values));
        double found = error(values, magnitudes.leastSquares(steps), steps);
        double best = Double.MAX_VALUE;
        for (float candidate = 0.5f; candidate <= 6; candidate *= 1.02f) {
            best = Math.min(best, error(values, candidate, steps));
        }
        assertThat(found).isLessThan(1.1 * best);
        assertThat(best).isLessThan((steps == 127 ? 0.8 : 1) * error(values, magnitudes.largest(), steps));
    }

    @Test
    void whatIsSpreadEvenlyIsNotClipped() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 100f;
        }
        MagnitudeHistogram magnitudes = new MagnitudeHistogram();
        magnitudes.add(FloatBuffer.wrap(values));
        assertThat(magnitudes.leastSquares(255)).isBetween(9.8f, 9.99f);
        assertThat(magnitudes.largest()).isEqualTo(9.99f);
    }

    @Test
    void aMapOfZerosHasARangeToo() {
        MagnitudeHistogram magnitudes = new MagnitudeHistogram();
        magnitudes.add(FloatBuffer.wrap(new float[100]));
        assertThat(magnitudes.leastSquares(255)).isEqualTo(1);
    }

    /** The mean squared error of rounding and clipping, counted one by one. */
    private static double error(float[] values, float bound, int steps) {
        double step = (double) bound / steps;
        double sum = 0;
        for (float value : values) {
            double magnitude = Math.min(steps, Math.rint(Math.abs(value) / step)) * step;
            sum += Math.pow(Math.abs(value) - magnitude, 2);
        }
        return sum / values.length;
    }
}
