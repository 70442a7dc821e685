package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GalleryTest {
    private static final int DIMS = 24;

    private static Gallery filled(int entries) throws IOException {
        Gallery gallery = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN);
        Random random = new Random(1);
        for (int i = 0; i < entries; i++) {
            gallery.add(new GalleryEntry("e" + i, i % 40, i % 3, null), Model.feature(random, DIMS, List.of()));
        }
        gallery.commit();
        return gallery;
    }

    @Test
    void concurrentSearchesAreSerialOnesWhileTheGalleryGrows() throws Exception {
        try (Gallery gallery = filled(700)) {
            Random random = new Random(2);
            float[][] queries = IntStream.range(0, 30)
                    .mapToObj(i -> Model.feature(random, DIMS, List.of()))
                    .toArray(float[][]::new);
            // What comes later is of camera 9, and left out.
            SearchOptions entries = SearchOptions.nearest(9).excludeCamera(9);
            SearchOptions people = entries.people();
            List<List<GalleryHit>> expected = new ArrayList<>();
            for (float[] query : queries) {
                expected.add(gallery.search(query, entries));
                expected.add(gallery.search(query, people));
            }
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(5);
            List<Future<?>> searches = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int first = t;
                searches.add(threads.submit(() -> {
                    for (int i = first; !done.get() || i < first + 60; i++) {
                        int q = i % queries.length;
                        assertThat(gallery.search(queries[q], entries)).isEqualTo(expected.get(2 * q));
                        assertThat(gallery.search(queries[q], people)).isEqualTo(expected.get(2 * q + 1));
                    }
                    assertThat(gallery.search(FeatureMatrix.ofRows(queries), entries))
                            .isEqualTo(IntStream.range(0, queries.length)
                                    .mapToObj(q -> expected.get(2 * q))
                                    .toList());
                    return null;
                }));
            }
            for (int i = 0; i < 400; i++) {
                gallery.add(new GalleryEntry("new" + i % 90, 7, 9, null), Model.feature(random, DIMS, List.of()));
                gallery.commit();
                if (i % 100 == 99) {
                    gallery.compact();
                }
            }
            done.set(true);
            for (Future<?> search : searches) {
                search.get();
            }
            threads.shutdown();
        }
    }

    @Test
    void aSearchSeesWholeCommitsOnly() throws Exception {
        try (Gallery gallery = Gallery.inMemory(1, DistanceMetric.EUCLIDEAN)) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            AtomicBoolean done = new AtomicBoolean();
            Future<?> search = thread.submit(() -> {
                while (!done.get()) {
                    // Every commit replaces all ten.
                    List<GalleryHit> hits = gallery.search(new float[] {0}, SearchOptions.nearest(50));
                    assertThat(hits.size()).isIn(0, 10);
                    assertThat(hits.stream()
                                    .map(GalleryHit::distance)
                                    .distinct()
                                    .count())
                            .isLessThanOrEqualTo(1);
                }
                return null;
            });
            for (int round = 1; round < 2000; round++) {
                for (int i = 0; i < 10; i++) {
                    gallery.add(new GalleryEntry("e" + i, null, null, null), new float[] {round});
                }
                gallery.commit();
            }
            done.set(true);
            search.get();
            thread.shutdown();
            assertThat(gallery.size()).isEqualTo(10);
        }
    }

    @Test
    void candidatesAreReRankedAsAnEvaluationDoes() throws IOException {
        try (Gallery gallery = filled(300)) {
            float[] query = Model.feature(new Random(5), DIMS, List.of());
            List<GalleryHit> plain = gallery.search(query, SearchOptions.nearest(60));
            List<GalleryHit> reRanked =
                    gallery.search(query, SearchOptions.nearest(10).reRank(60, ReRanker.STANDARD));
            List<float[]> features = new ArrayList<>();
            for (GalleryHit hit : plain) {
                gallery.forEach((entry, feature) -> {
                    if (entry.equals(hit.entry())) {
                        features.add(feature);
                    }
                });
            }
            double[][] distances = new double[1][60];
            ReRanker.STANDARD
                    .reRank(
                            FeatureMatrix.ofRows(query),
                            FeatureMatrix.ofRows(features.toArray(float[][]::new)),
                            DistanceMetric.EUCLIDEAN)
                    .compute(0, distances);
            List<Integer> order = IntStream.range(0, 60)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> distances[0][i]))
                    .toList();
            for (int i = 0; i < 10; i++) {
                assertThat(reRanked.get(i).entry())
                        .isEqualTo(plain.get(order.get(i)).entry());
                assertThat(reRanked.get(i).reRanked()).isEqualTo(distances[0][order.get(i)]);
                assertThat(reRanked.get(i).distance())
                        .isEqualTo(plain.get(order.get(i)).distance());
            }
            assertThat(reRanked).isNotEqualTo(plain.subList(0, 10));
            assertThat(gallery.search(query, SearchOptions.nearest(5).people().reRank(60, ReRanker.STANDARD)))
                    .extracting(hit -> hit.entry().pid())
                    .doesNotHaveDuplicates()
                    .hasSize(5);
        }
    }

    @Test
    void verdictsAreThoseOfTheThresholds() throws IOException {
        VerificationThresholds thresholds = new VerificationThresholds(
                DistanceMetric.EUCLIDEAN,
                true,
                "test",
                10,
                10_000,
                List.of(new Threshold(0.01, 5, 0.9), new Threshold(0.001, 3, 0.8)));
        try (Gallery gallery = Gallery.inMemory(1, DistanceMetric.EUCLIDEAN)) {
            for (int i = 0; i < 8; i++) {
                gallery.add(new GalleryEntry("e" + i, i, null, null), new float[] {i});
            }
            gallery.commit();
            assertThat(gallery.search(new float[] {0}, SearchOptions.nearest(8).verdicts(thresholds, 0.005)))
                    .extracting(hit -> hit.verdict().same())
                    .containsExactly(true, true, true, true, false, false, false, false);
        }
        try (Gallery gallery = Gallery.inMemory(1, DistanceMetric.COSINE)) {
            assertThatThrownBy(() -> gallery.search(
                            new float[] {0}, SearchOptions.nearest(8).verdicts(thresholds, 0.005)))
                    .hasMessage("the thresholds are for EUCLIDEAN distances, the gallery's are COSINE");
        }
    }

    @Test
    void refusedEntriesChangeNothing() throws IOException {
        try (Gallery gallery = Gallery.inMemory(2, DistanceMetric.EUCLIDEAN)) {
            GalleryEntry entry = new GalleryEntry("a", null, null, null);
            assertThatThrownBy(() -> gallery.add(entry, new float[3]))
                    .isInstanceOf(GalleryException.class)
                    .hasMessage("the features to add has 3 dims, the gallery has 2");
            assertThatThrownBy(() -> gallery.addAll(
                            List.of(entry, entry),
                            FeatureMatrix.ofRows(new float[] {1, 2}, new float[] {1, Float.NaN})))
                    .hasMessage("the features to add: row 1, column 1 is NaN, expected a finite value");
            assertThatThrownBy(() -> gallery.add(entry, new float[] {1e30f, 0}))
                    .hasMessageStartingWith("the features to add: row 0 is 1.00e+30 long");
            gallery.commit();
            assertThat(gallery.size()).isZero();
            assertThat(gallery.search(new float[2], SearchOptions.nearest(3))).isEmpty();
            assertThat(gallery.search(new float[2], SearchOptions.nearest(3).people()))
                    .isEmpty();
            assertThatThrownBy(() -> new GalleryEntry("", null, null, null)).hasMessageContaining("no path");
            assertThatThrownBy(() -> new GalleryEntry("x\ud800", null, null, null))
                    .hasMessageContaining("surrogate");
            assertThatThrownBy(() -> SearchOptions.nearest(0)).hasMessage("k must be at least 1, not 0");
        }
    }

    @Test
    void anyMagnitudeDoes() throws IOException {
        for (double factor : new double[] {1e-38, 1e-30, 1e-13, 1, 1e7, 1e15}) {
            Random random = new Random(3);
            Model model = new Model(DistanceMetric.EUCLIDEAN);
            try (Gallery gallery = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN)) {
                for (int i = 0; i < 600; i++) {
                    float[] feature = Model.feature(random, DIMS, List.of());
                    for (int d = 0; d < DIMS; d++) {
                        feature[d] = (float) ((feature[d] + (i % 2 == 0 ? 0 : 100)) * factor);
                    }
                    GalleryEntry entry = new GalleryEntry("e" + i, i % 9, null, null);
                    gallery.add(entry, feature);
                    model.add(entry, feature);
                }
                gallery.commit();
                float[][] queries = IntStream.range(0, 20)
                        .mapToObj(i -> model.items().get(i * 7).feature())
                        .toArray(float[][]::new);
                List<List<GalleryHit>> found = gallery.search(FeatureMatrix.ofRows(queries), SearchOptions.nearest(5));
                for (int q = 0; q < queries.length; q++) {
                    List<Model.Found> expected = model.nearest(queries[q], 5, entry -> true);
                    assertThat(Model.Found.of(found.get(q))).as("%s", factor).isEqualTo(expected);
                    assertThat(Model.Found.of(gallery.search(queries[q], SearchOptions.nearest(5))))
                            .isEqualTo(expected);
                    assertThat(Model.Found.of(gallery.search(
                                    queries[q], SearchOptions.nearest(5).peopleByMean(2))))
                            .isEqualTo(model.nearestPeople(queries[q], 5, 2, entry -> true));
                }
            }
        }
    }
}
