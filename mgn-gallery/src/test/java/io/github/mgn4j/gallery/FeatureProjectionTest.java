package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.checkpoint.Safetensors;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.NpyFile;
import io.github.mgn4j.model.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Principal components, compared with those of NumPy: {@code tools/reference/make_projection_fixtures.py}. */
class FeatureProjectionTest {
    /** Values of about 10 in float32. */
    private static final float TOLERANCE = 2e-5f;

    @TempDir
    Path folder;

    private static FeatureMatrix fixture(String name) throws Exception {
        return NpyFile.read(Path.of(
                FeatureProjectionTest.class.getResource("pca/" + name + ".npy").toURI()));
    }

    private static void assertNear(FeatureMatrix actual, FeatureMatrix expected) {
        assertThat(actual.dims()).isEqualTo(expected.dims());
        assertThat(actual.rows()).isEqualTo(expected.rows());
        for (int i = 0; i < expected.data().length; i++) {
            assertThat(actual.data()[i]).isCloseTo(expected.data()[i], within(TOLERANCE));
        }
    }

    @Test
    void isThatOfNumPy() throws Exception {
        FeatureMatrix sample = fixture("sample");
        for (boolean whiten : new boolean[] {false, true}) {
            FeatureProjection projection = FeatureProjection.fit(sample, 5, whiten);
            FeatureMatrix expected = fixture(whiten ? "whitened" : "plain");
            assertNear(projection.apply(sample), expected);
            assertThat(projection.explained()).isCloseTo(fixture("explained").get(0, 0), within(1e-6));
            Path file = folder.resolve(whiten + ".safetensors");
            projection.save(file);
            FeatureProjection read = FeatureProjection.load(file);
            assertThat(read.apply(sample)).isEqualTo(projection.apply(sample));
            assertThat(read.apply(sample.row(3)))
                    .isEqualTo(projection.apply(sample).row(3));
            assertThat(read.explained()).isEqualTo(projection.explained());
            assertThat(read.inputDims()).isEqualTo(12);
        }
    }

    @Test
    void allDimensionsKeepDistances() throws Exception {
        FeatureMatrix sample = fixture("sample");
        FeatureMatrix all = FeatureProjection.fit(sample, 12, false).apply(sample);
        for (int i = 1; i < 20; i++) {
            assertThat(io.github.mgn4j.features.DistanceMetric.EUCLIDEAN.between(all.row(0), all.row(i)))
                    .isCloseTo(
                            io.github.mgn4j.features.DistanceMetric.EUCLIDEAN.between(sample.row(0), sample.row(i)),
                            within(1e-5));
        }
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        FeatureMatrix two = FeatureMatrix.ofRows(new float[] {1, 2, 3}, new float[] {2, 2, 3});
        assertThatThrownBy(() -> FeatureProjection.fit(two, 4, false)).hasMessage("dims must be 1 to 3, not 4");
        assertThatThrownBy(() -> FeatureProjection.fit(two, 2, true)).hasMessageContaining("varies in fewer than 2");
        FeatureProjection projection = FeatureProjection.fit(two, 1, true);
        assertThatThrownBy(() -> projection.apply(new float[2])).hasMessageContaining("2 dims cannot be projected");
        Path file = folder.resolve("other.safetensors");
        Safetensors.write(file, Map.of("mean", Tensor.of(new float[1], 1)), Map.of());
        assertThatThrownBy(() -> FeatureProjection.load(file))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("is no projection");
        Safetensors.write(file, Map.of("mean", Tensor.of(new float[1], 1)), Map.of("mgn.projection", "1"));
        assertThatThrownBy(() -> FeatureProjection.load(file))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("expected the tensor 'components' of 2 axes");
    }
}
