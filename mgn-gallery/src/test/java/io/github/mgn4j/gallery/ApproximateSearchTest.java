package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The approximate index: exact distances, few entries missing, removed ones never found, later ones always. */
class ApproximateSearchTest {
    private static final int DIMS = 32;
    private static final int ENTRIES = 3000;

    @TempDir
    Path folder;

    /** A feature of one of 150 people. */
    private static float[] feature(Random random, int person) {
        Random centre = new Random(person);
        float[] feature = new float[DIMS];
        for (int d = 0; d < DIMS; d++) {
            feature[d] = (float) (centre.nextGaussian() + 0.5 * random.nextGaussian());
        }
        return feature;
    }

    @ParameterizedTest
    @EnumSource(DistanceMetric.class)
    void findsWhatIsNear(DistanceMetric metric) throws IOException {
        Path path = folder.resolve("gallery");
        Random random = new Random(1);
        try (Gallery gallery = Gallery.openOrCreate(path, DIMS, metric)) {
            for (int i = 0; i < ENTRIES; i++) {
                gallery.add(new GalleryEntry("e" + i, i % 150, i % 4, null), feature(random, i % 150));
            }
            gallery.commit();
            gallery.buildIndex(new IndexOptions(16, 50, 16, 10, 2));
            assertThat(gallery.stats().isApproximate()).isTrue();
            assertThat(gallery.stats().indexed()).isEqualTo(ENTRIES);
            assertThat(gallery.stats().recall()).isGreaterThan(0.95);
            for (int i = 0; i < 100; i++) {
                gallery.add(new GalleryEntry("late" + i, 1000 + i, 9, null), feature(random, 1000 + i));
                gallery.remove("e" + i * 7);
            }
            gallery.commit();
            check(gallery, random);
        }
        try (Gallery gallery = Gallery.open(path)) {
            check(gallery, random);
        }
        Path index = path.resolve("index-1.bin");
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        try (Gallery gallery = Gallery.open(path)) {
            assertThatThrownBy(() -> gallery.search(new float[DIMS], SearchOptions.nearest(3)))
                    .isInstanceOf(GalleryException.class)
                    .hasMessageContaining("index-1.bin: cannot be read");
            assertThat(gallery.search(new float[DIMS], SearchOptions.nearest(3).exact()))
                    .hasSize(3);
        }
        bytes[bytes.length - 5] ^= 1; // the version
        Files.write(index, bytes);
        try (Gallery gallery = Gallery.openForWriting(path)) {
            assertThat(gallery.stats().isApproximate()).isFalse();
            assertThat(gallery.search(new float[DIMS], SearchOptions.nearest(3)))
                    .hasSize(3);
            gallery.buildIndex(new IndexOptions(16, 50, 16, 10, 2));
            gallery.compact();
            assertThat(gallery.stats().isApproximate()).isFalse();
            assertThat(index).doesNotExist();
        }
    }

    @Test
    void isBuiltWhenThePolicyWantsIt() throws IOException {
        IndexPolicy policy = new IndexPolicy(500, 0.5, new IndexOptions(16, 50, 16, 10, 2));
        Random random = new Random(3);
        try (Gallery gallery = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN)) {
            fill(gallery, 0, 499, random);
            assertThat(gallery.buildIndexIfDue(policy)).isFalse();
            fill(gallery, 499, 500, random);
            assertThat(gallery.buildIndexIfDue(policy)).isTrue();
            fill(gallery, 500, 750, random);
            assertThat(gallery.buildIndexIfDue(policy)).isFalse();
            assertThat(gallery.stats().indexed()).isEqualTo(500);
            for (int i = 0; i < 20; i++) {
                float[] query = feature(random, i);
                SearchOptions late = SearchOptions.nearest(5)
                        .filter(entry -> Integer.parseInt(entry.path().substring(1)) >= 500);
                assertThat(gallery.search(query, late)).isEqualTo(gallery.search(query, late.exact()));
            }
            fill(gallery, 750, 751, random);
            assertThat(gallery.buildIndexIfDue(policy)).isTrue();
            assertThat(gallery.stats().indexed()).isEqualTo(751);
        }
        assertThatThrownBy(() -> new IndexPolicy(255, 0, IndexOptions.of(DIMS)))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("at least 256 entries, not 255");
        assertThatThrownBy(() -> new IndexPolicy(256, Double.NaN, IndexOptions.of(DIMS)))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("growth");
        assertThat(IndexPolicy.of(2048).entries()).isEqualTo(65536);
    }

    /** What came after the index is found as an exact search finds it, whatever of it the projections rule out. */
    @ParameterizedTest
    @CsvSource({"EUCLIDEAN,32,32,1", "EUCLIDEAN,300,24,3", "COSINE,300,24,1", "COSINE,33,7,2"})
    void noLaterEntryIsMissed(DistanceMetric metric, int dims, int projected, int best) throws IOException {
        Random random = new Random(projected);
        Path path = folder.resolve("later");
        try (Gallery gallery = Gallery.openOrCreate(path, dims, metric)) {
            later(gallery, 0, 700, dims, random);
            gallery.buildIndex(new IndexOptions(16, 50, projected, 5, 2));
            try (Gallery reader = Gallery.open(path)) {
                for (int from = 700; from < 1500; from += 160) {
                    later(gallery, from, from + 160, dims, random);
                    gallery.removeIf(entry -> entry.path().endsWith("7"));
                    gallery.commit();
                    assertThat(reader.refresh()).isTrue();
                    for (int q = 0; q < 30; q++) {
                        float[] query = longer(random, q % 5 == 0 ? 900 : q, dims);
                        SearchOptions options = SearchOptions.nearest(1 + q % 12);
                        checkLater(gallery, query, options);
                        checkLater(reader, query, options.peopleByMean(best));
                    }
                }
            }
        }
    }

    private static void later(Gallery gallery, int from, int to, int dims, Random random) throws IOException {
        for (int i = from; i < to; i++) {
            int person = i < 700 ? i % 60 : 60 + i % 60;
            gallery.add(
                    new GalleryEntry("e" + i, person, i % 4, null), longer(random, i % 3 == 0 ? i % 60 : person, dims));
        }
        gallery.commit();
    }

    private static void checkLater(Gallery gallery, float[] query, SearchOptions options) {
        List<GalleryHit> later = new ArrayList<>(gallery.search(query, options.exact()));
        later.removeIf(hit -> hit.entry().pid() < 60);
        assertThat(gallery.search(query, options)).containsAll(later);
    }

    /** An index may miss a person; whom it finds is at the mean of the best entries, be they candidates or not. */
    @Test
    void aMeanIsOverTheBestEntriesOfAll() throws IOException {
        Random random = new Random(6);
        try (Gallery gallery = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN)) {
            for (int i = 0; i < 2000; i++) {
                float[] feature = feature(random, i % 4 == 0 ? 1000 + i : i % 150);
                gallery.add(new GalleryEntry("e" + i, i % 150, i % 4, null), feature);
            }
            gallery.commit();
            gallery.buildIndex(new IndexOptions(16, 50, 16, 1, 2));
            for (int q = 0; q < 40; q++) {
                float[] query = feature(random, 5000 + q);
                SearchOptions all = SearchOptions.nearest(150).peopleByMean(9);
                assertThat(gallery.search(query, all.exact()))
                        .containsAll(
                                gallery.search(query, SearchOptions.nearest(4).peopleByMean(9)));
            }
        }
    }

    /** Commits project what they add while searches go on. */
    @Test
    void laterEntriesAreFoundWhileOthersSearch() throws Exception {
        try (Gallery gallery = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN)) {
            fill(gallery, 0, 600, new Random(4));
            gallery.buildIndex(new IndexOptions(16, 50, 16, 5, 2));
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService pool = Executors.newFixedThreadPool(2);
            List<Future<Integer>> searches = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                Random random = new Random(t);
                searches.add(pool.submit(() -> {
                    int count = 0;
                    while (!done.get()) {
                        List<GalleryHit> hits = gallery.search(
                                feature(random, random.nextInt(150)),
                                SearchOptions.nearest(5).people());
                        assertThat(hits).hasSize(5);
                        count++;
                    }
                    return count;
                }));
            }
            for (int i = 0; i < 700; i++) {
                float[] feature = feature(new Random(i), 1000 + i);
                gallery.add(new GalleryEntry("late" + i, 1000 + i, 1, null), feature);
                gallery.commit();
                assertThat(gallery.search(feature, SearchOptions.nearest(1)))
                        .singleElement()
                        .matches(
                                hit -> hit.distance() == 0 && hit.entry().path().startsWith("late"));
            }
            done.set(true);
            for (Future<Integer> search : searches) {
                assertThat(search.get()).isPositive();
            }
            pool.shutdown();
        }
    }

    @Test
    void comparesProjectionsOfLongFeatures() throws IOException {
        int dims = 300;
        Random random = new Random(8);
        try (Gallery gallery = Gallery.inMemory(dims, DistanceMetric.COSINE)) {
            List<float[]> queries = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                float[] feature = longer(random, i % 150, dims);
                if (i % 40 == 0) {
                    queries.add(feature);
                } else {
                    gallery.add(new GalleryEntry("e" + i, i % 150, i % 4, null), feature);
                }
            }
            gallery.commit();
            gallery.buildIndex(new IndexOptions(16, 50, 24, 5, 2));
            assertThat(gallery.stats().recall()).isGreaterThan(0.95);
            int found = 0;
            for (float[] query : queries) {
                SearchOptions options = SearchOptions.nearest(10);
                found += (int) gallery.search(query, options).stream()
                        .filter(gallery.search(query, options.exact())::contains)
                        .count();
            }
            assertThat(found).isGreaterThan(480);
        }
    }

    /** Exact searches for one query skip rows by the projections of an index. */
    @ParameterizedTest
    @CsvSource({"EUCLIDEAN,32,32", "EUCLIDEAN,300,24", "COSINE,300,24", "COSINE,700,200"})
    void exactSearchesAreTheSameWithAnIndex(DistanceMetric metric, int dims, int projected) throws IOException {
        Random random = new Random(dims);
        try (Gallery plain = Gallery.inMemory(dims, metric);
                Gallery gallery = Gallery.inMemory(dims, metric)) {
            for (Gallery each : List.of(plain, gallery)) {
                random.setSeed(dims);
                for (int i = 0; i < 1500; i++) {
                    if (i == 1200) {
                        each.commit();
                        if (each == gallery) {
                            each.buildIndex(new IndexOptions(16, 50, projected, 5, 2));
                        }
                    }
                    each.add(new GalleryEntry("e" + i, i % 150, i % 4, null), longer(random, i % 150, dims));
                }
                each.add(new GalleryEntry("zero", 3, 1, null), new float[dims]);
                each.removeIf(entry -> entry.path().endsWith("3"));
                each.commit();
            }
            for (int q = 0; q < 60; q++) {
                float[] query = q == 0 ? new float[dims] : longer(random, q % 10 == 1 ? 500 + q : q, dims);
                SearchOptions options = SearchOptions.nearest(1 + q % 20).exact();
                options = q % 3 == 0 ? options.people() : options;
                options = q % 4 == 0 ? options.excludeCamera(2) : options;
                assertThat(gallery.search(query, options)).isEqualTo(plain.search(query, options));
            }
        }
    }

    @Test
    void equalEntriesAreAllFound() throws IOException {
        int dims = 200;
        try (Gallery gallery = Gallery.inMemory(dims, DistanceMetric.EUCLIDEAN)) {
            float[] feature = longer(new Random(1), 1, dims);
            for (int i = 0; i < 300; i++) {
                gallery.add(new GalleryEntry("e" + i, i, null, null), feature);
            }
            gallery.commit();
            gallery.buildIndex(new IndexOptions(16, 50, 24, 5, 2));
            for (SearchOptions options :
                    List.of(SearchOptions.nearest(7), SearchOptions.nearest(7).people())) {
                assertThat(gallery.search(feature, options.exact()))
                        .extracting(hit -> hit.entry().path())
                        .containsExactly("e0", "e1", "e2", "e3", "e4", "e5", "e6");
                assertThat(gallery.search(feature, options)).hasSize(7);
            }
        }
    }

    private static float[] longer(Random random, int person, int dims) {
        float[] some = feature(random, person);
        float[] feature = new float[dims];
        for (int d = 0; d < dims; d++) {
            feature[d] = 1 + some[d % DIMS] * (1 + d % 7) + 0.1f * (float) random.nextGaussian();
        }
        return feature;
    }

    private static void fill(Gallery gallery, int from, int to, Random random) throws IOException {
        for (int i = from; i < to; i++) {
            gallery.add(new GalleryEntry("e" + i, i % 150, i % 4, null), feature(random, i % 150));
        }
        gallery.commit();
    }

    private static void check(Gallery gallery, Random random) {
        int found = 0;
        int people = 0;
        for (int q = 0; q < 40; q++) {
            float[] query = feature(random, q);
            SearchOptions options = SearchOptions.nearest(10).excludeCamera(2);
            List<GalleryHit> exact = gallery.search(query, options.exact());
            List<GalleryHit> near = gallery.search(query, options);
            assertThat(near)
                    .hasSize(10)
                    .noneMatch(hit -> Integer.valueOf(2).equals(hit.entry().camid()));
            assertThat(near).isSortedAccordingTo(java.util.Comparator.comparingDouble(GalleryHit::distance));
            for (GalleryHit hit : near) {
                found += exact.contains(hit) ? 1 : 0; // with the same distance, bit for bit
            }
            List<GalleryHit> exactPeople =
                    gallery.search(query, options.people().exact());
            for (GalleryHit hit : gallery.search(query, options.people())) {
                people += exactPeople.contains(hit) ? 1 : 0;
            }
        }
        assertThat(found).isGreaterThan(380);
        assertThat(people).isGreaterThan(360);
        for (int late = 0; late < 100; late += 9) {
            assertThat(gallery.search(feature(new Random(5), 1000 + late), SearchOptions.nearest(1))
                            .get(0)
                            .entry()
                            .pid())
                    .isEqualTo(1000 + late);
        }
    }
}
