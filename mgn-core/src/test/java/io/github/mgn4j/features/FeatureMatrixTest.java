package io.github.mgn4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FeatureMatrixTest {
    private final FeatureMatrix matrix = FeatureMatrix.of(new float[] {3, 4, 0, 0, 1, -1}, 3, 2);

    @Test
    void givesItsRowsAndValues() {
        assertThat(matrix.row(0)).containsExactly(3, 4);
        assertThat(matrix.get(2, 1)).isEqualTo(-1);
        assertThat(matrix.select(new int[] {2, 0, 2}))
                .isEqualTo(FeatureMatrix.ofRows(new float[] {1, -1}, new float[] {3, 4}, new float[] {1, -1}));
        assertThatThrownBy(() -> matrix.get(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> matrix.row(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void normalizesRowsAndLeavesZerosAlone() {
        float half = (float) Math.sqrt(0.5);
        assertThat(matrix.normalized().data())
                .containsExactly(new float[] {0.6f, 0.8f, 0, 0, half, -half}, within(1e-7f));
        // The squares of such values do not fit into float32.
        assertThat(FeatureMatrix.ofRows(new float[] {3e30f, 4e30f}).normalized().data())
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-7f));
        assertThat(FeatureMatrix.ofRows(new float[] {3e-30f, 4e-30f})
                        .normalized()
                        .data())
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-7f));
    }

    @Test
    void refusesShapesThatDoNotFit() {
        assertThatThrownBy(() -> FeatureMatrix.of(new float[5], 3, 2)).hasMessage("3 rows of 2 want 6 values, found 5");
        assertThatThrownBy(() -> FeatureMatrix.of(new float[0], 0, 0)).hasMessage("dims is 0, must be at least 1");
        assertThatThrownBy(() -> FeatureMatrix.ofRows(new float[2], new float[3]))
                .hasMessage("row 1 has 3 values, row 0 has 2");
    }
}
