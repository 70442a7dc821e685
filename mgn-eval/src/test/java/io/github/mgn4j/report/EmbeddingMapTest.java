package io.github.mgn4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ReidImage;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EmbeddingMapTest {
    /** 30 people with 2 queries and 40 gallery images each; as many distractors and junk. */
    @Test
    void takesSomeOfThePeopleAndSomeOfTheRest() {
        LabelledFeatures query =
                set(1, IntStream.range(0, 60).map(i -> 1 + i / 2).toArray());
        LabelledFeatures gallery =
                set(2, IntStream.range(0, 32 * 40).map(i -> i / 40 - 1).toArray());
        EmbeddingMap map = EmbeddingMap.of(query, gallery, DistanceMetric.EUCLIDEAN);
        assertThat(map.people()).containsExactly(1, 3, 6, 8, 11, 13, 16, 18, 21, 23, 26, 28);
        assertThat(map.images()).isEqualTo(60 + 31 * 40);
        assertThat(map.points()).hasSize(800);
        for (int pid : map.people()) {
            assertThat(map.points().stream().filter(point -> point.pid() == pid))
                    .hasSize(30)
                    .anyMatch(EmbeddingMap.Point::query);
        }
        assertThat(map.points()).noneMatch(point -> point.pid() == ReidImage.JUNK);
        assertThat(map.points()).anyMatch(point -> point.pid() == ReidImage.DISTRACTOR);
        assertThat(EmbeddingMap.of(query, gallery, DistanceMetric.EUCLIDEAN)).isEqualTo(map);
    }

    @Test
    void underTheCosineLengthsDoNotCount() {
        LabelledFeatures query = set(3, 1, 2, 3, 4);
        LabelledFeatures gallery = set(4, 1, 2, 3, 4, 0);
        LabelledFeatures longer =
                new LabelledFeatures(gallery.features().select(new int[] {0, 1, 2, 3, 4}), gallery.labels());
        for (int k = 0; k < 8; k++) {
            longer.features().data()[k] *= 4;
        }
        assertThat(EmbeddingMap.of(query, longer, DistanceMetric.COSINE))
                .isEqualTo(EmbeddingMap.of(query, gallery, DistanceMetric.COSINE));
        assertThat(EmbeddingMap.of(query, longer, DistanceMetric.EUCLIDEAN))
                .isNotEqualTo(EmbeddingMap.of(query, gallery, DistanceMetric.EUCLIDEAN));
    }

    @Test
    void refusesTooFewImages() {
        assertThatThrownBy(() -> EmbeddingMap.of(set(1, 1), set(1, 1, 2, -1, -1), DistanceMetric.EUCLIDEAN))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("t-SNE of 3 points, possible are 4 to 2000");
    }

    /** Everything drawn lies in the picture, and the colours are those of the people. */
    @Test
    void thePictureShowsEveryPointAndNamesThePeople() {
        EmbeddingMap map = new EmbeddingMap(
                List.of(
                        new EmbeddingMap.Point(-3, 5, 9, false),
                        new EmbeddingMap.Point(4, -2, 7, true),
                        new EmbeddingMap.Point(4, -1, 7, false)),
                List.of(7),
                10);
        String svg = new MapPicture(map).toSvg();
        assertThat(svg)
                .containsOnlyOnce("class=\"dot others\"")
                .containsOnlyOnce("class=\"ring person-1\"")
                .containsOnlyOnce("class=\"dot person-1\"")
                .containsOnlyOnce("class=\"label\"")
                .contains(">7</text>", "t-SNE map of 3 images, people coloured: 1")
                .doesNotContain("NaN", "=\"-");
    }

    private static LabelledFeatures set(int seed, int... pids) {
        Random random = new Random(seed);
        float[] data = new float[8 * pids.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian() + (i % 8 == Math.floorMod(pids[i / 8], 8) ? 5 : 0);
        }
        return new LabelledFeatures(
                FeatureMatrix.of(data, pids.length, 8),
                pids,
                IntStream.range(0, pids.length).toArray());
    }
}
