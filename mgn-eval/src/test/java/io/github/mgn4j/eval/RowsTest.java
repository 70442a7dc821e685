package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final FeatureMatrix FIRST = FeatureMatrix.ofRows(new float[] {3, 4}, new float[] {0, 0});
    private static final FeatureMatrix SECOND =
            FeatureMatrix.ofRows(new float[] {1, 2}, new float[] {0, -5}, new float[] {5, 6});

    @Test
    void areThoseOfTheMatrixInTheOrderOfTheIndices() {
        assertThat(values(Rows.of(SECOND))).isDeepEqualTo(new float[][] {{1, 2}, {0, -5}, {5, 6}});
        assertThat(values(Rows.of(SECOND, new int[] {2, 0}))).isDeepEqualTo(new float[][] {{5, 6}, {1, 2}});
        assertThat(Rows.of(SECOND, new int[] {2, 0}).array(0)).isSameAs(SECOND.data());
    }

    @Test
    void followOneAnother() {
        Rows all = Rows.of(FIRST).then(Rows.of(SECOND, new int[] {1}));
        assertThat(values(all)).isDeepEqualTo(new float[][] {{3, 4}, {0, 0}, {0, -5}});
    }

    @Test
    void areNormalizedAsAMatrixIs() {
        Rows unit = Rows.of(FIRST).then(Rows.of(SECOND, new int[] {1})).normalized();
        assertThat(values(unit)).isDeepEqualTo(new float[][] {{0.6f, 0.8f}, {0, 0}, {0, -1}});
        assertThat(unit.normalized()).isSameAs(unit);
        assertThat(unit.then(unit).normalized().array(3)).isSameAs(unit.array(0));
        assertThat(unit.then(Rows.of(SECOND)).normalized()).isNotSameAs(unit);
        assertThat(values(Rows.of(SECOND).normalized())).isDeepEqualTo(values(Rows.of(SECOND.normalized())));
    }

    private static float[][] values(Rows rows) {
        float[][] values = new float[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = Arrays.copyOfRange(rows.array(i), rows.offset(i), rows.offset(i) + rows.dims());
        }
        return values;
    }
}
