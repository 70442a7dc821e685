package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Squared distances of projections, against a loop. */
class ProjectedQueryTest {
    @Test
    void sumsEveryDimension() {
        Random random = new Random(1);
        for (int dims = 1; dims < 70; dims++) {
            float[] query = new float[dims];
            ProjectedQuery projected = new ProjectedQuery(query);
            for (int repeat = 0; repeat < 3; repeat++) {
                float[] row = new float[dims];
                double expected = 0;
                for (int d = 0; d < dims; d++) {
                    query[d] = (float) random.nextGaussian();
                    row[d] = (float) random.nextGaussian();
                    expected += Math.pow((double) query[d] - row[d], 2);
                }
                assertThat((double) projected.square(row)).isCloseTo(expected, Offset.offset(1e-6 * expected));
            }
        }
    }
}
