package io.github.mgn4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first value that is not finite, at the ends of the blocks in which values are read. */
class TensorTest {
    private static final int SIZE = 9001;

    private static float[] finite() {
        float[] values = new float[SIZE];
        float[] some = {0, -0.0f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -1};
        for (int i = 0; i < SIZE; i++) {
            values[i] = some[i % some.length];
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void theFirstValueThatIsNotFiniteIsFound(float wrong) {
        for (int at : new int[] {0, 1, 2, 3, 4, 4094, 4095, 4096, 4097, 8191, 8192, SIZE - 2, SIZE - 1}) {
            float[] values = finite();
            values[at] = wrong;
            values[Math.min(SIZE - 1, at + 5)] = wrong;
            assertThat(Tensor.of(values, SIZE).firstNotFinite()).hasValue(at);
        }
    }

    @Test
    void finiteValuesAre() {
        assertThat(Tensor.of(finite(), SIZE).firstNotFinite()).isEmpty();
        assertThat(Tensor.of(new float[0], 0).firstNotFinite()).isEmpty();
        for (int size = 1; size < 9; size++) {
            assertThat(Tensor.of(Arrays.copyOf(finite(), size), size).firstNotFinite())
                    .isEmpty();
        }
    }
}
