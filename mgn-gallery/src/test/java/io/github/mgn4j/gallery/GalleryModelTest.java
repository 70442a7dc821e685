package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random additions, replacements, removals, searches and restarts, compared with plain loops over a list. */
class GalleryModelTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1,EUCLIDEAN,3,true", "2,COSINE,3,true", "3,EUCLIDEAN,70,true", "4,COSINE,1030,true",
        "5,EUCLIDEAN,1,true", "6,EUCLIDEAN,33,false", "7,COSINE,64,false", "8,EUCLIDEAN,2050,true",
        "9,COSINE,515,true", "10,EUCLIDEAN,512,false", "11,EUCLIDEAN,777,false"
    })
    void doesWhatTheListDoes(int seed, DistanceMetric metric, int dims, boolean onDisk) throws IOException {
        new Run(new Random(seed), metric, dims, onDisk ? folder.resolve("gallery") : null).run(dims > 1000 ? 60 : 250);
    }

    private static final class Run {
        private final Random random;
        private final int dims;
        private final Path path;
        private Model working;
        private Model committed;
        private Gallery gallery;
        private Gallery reader;

        Run(Random random, DistanceMetric metric, int dims, Path path) throws IOException {
            this.random = random;
            this.dims = dims;
            this.path = path;
            working = new Model(metric);
            committed = working.copy();
            gallery = path == null ? Gallery.inMemory(dims, metric) : Gallery.openOrCreate(path, dims, metric);
        }

        void run(int steps) throws IOException {
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> addSome();
                    case 3 -> {
                        String key = key();
                        assertThat(gallery.remove(key)).isEqualTo(working.remove(key));
                    }
                    case 4 -> {
                        int pid = random.nextInt(30);
                        Predicate<GalleryEntry> unwanted = entry -> Objects.equals(entry.pid(), pid);
                        assertThat(gallery.removeIf(unwanted)).isEqualTo(working.removeIf(unwanted));
                    }
                    case 5, 6 -> commit();
                    case 7 -> restart();
                    case 8 -> {
                        if (random.nextInt(4) == 0) {
                            commit();
                            gallery.compact();
                        }
                    }
                    default -> search(gallery);
                }
            }
            commit();
            search(gallery);
            search(gallery);
            gallery.close();
        }

        private String key() {
            return "k" + random.nextInt(400) + "\u00e9.jpg";
        }

        private void addSome() throws IOException {
            List<GalleryEntry> entries = new ArrayList<>();
            int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20);
            float[][] features = new float[count][];
            List<Model.Item> items = working.items();
            for (int i = 0; i < count; i++) {
                entries.add(new GalleryEntry(
                        key(),
                        random.nextInt(6) == 0 ? null : random.nextInt(30) - 1,
                        random.nextInt(6) == 0 ? null : random.nextInt(4),
                        random.nextInt(3) == 0 ? null : Instant.ofEpochMilli(random.nextInt(100))));
                features[i] = Model.feature(random, dims, items);
                working.add(entries.get(i), features[i]);
            }
            gallery.addAll(entries, FeatureMatrix.ofRows(features));
        }

        private void commit() throws IOException {
            gallery.commit();
            committed = working.copy();
            assertThat(gallery.size()).isEqualTo(committed.size());
            if (path != null && random.nextBoolean()) {
                if (reader == null) {
                    reader = Gallery.open(path);
                } else {
                    reader.refresh();
                }
                search(reader);
            }
        }

        private void restart() throws IOException {
            if (path != null) {
                gallery.close();
                gallery = Gallery.openOrCreate(path, dims, gallery.metric()); // without a commit it is gone
                working = committed.copy();
            }
        }

        private void search(Gallery searched) throws IOException {
            int count = random.nextInt(3) == 0 ? 20 : 1 + random.nextInt(3);
            float[][] queries = new float[count][];
            List<SearchOptions> options = new ArrayList<>();
            List<List<Model.Found>> expected = new ArrayList<>();
            boolean people = random.nextBoolean();
            for (int q = 0; q < count; q++) {
                queries[q] = Model.feature(random, dims, committed.items());
                int k = 1 + random.nextInt(random.nextInt(4) == 0 ? 500 : 12);
                int best = people ? 1 + random.nextInt(3) : 0;
                boolean person = people && (q > 0 || random.nextInt(5) > 0);
                SearchOptions each = SearchOptions.nearest(k);
                Predicate<GalleryEntry> accepted = entry -> true;
                if (person) {
                    each = best == 1 ? each.people() : each.peopleByMean(best);
                }
                if (random.nextInt(4) == 0) {
                    int camera = random.nextInt(4);
                    each = each.excludeCamera(camera);
                    accepted = accepted.and(entry -> !Objects.equals(entry.camid(), camera));
                }
                if (random.nextInt(4) == 0) {
                    Instant from = Instant.ofEpochMilli(random.nextInt(50));
                    Instant to = from.plusMillis(random.nextInt(60));
                    each = each.between(from, to);
                    accepted = accepted.and(entry -> entry.time() != null
                            && !entry.time().isBefore(from)
                            && entry.time().isBefore(to));
                }
                if (random.nextInt(6) == 0) {
                    each = each.filter(entry -> entry.path().hashCode() % 3 == 0);
                    accepted = accepted.and(entry -> entry.path().hashCode() % 3 == 0);
                }
                options.add(each);
                expected.add(
                        person
                                ? committed.nearestPeople(queries[q], k, best, accepted)
                                : committed.nearest(queries[q], k, accepted));
            }
            List<List<GalleryHit>> found = searched.search(FeatureMatrix.ofRows(queries), options);
            assertThat(found.stream().map(Model.Found::of).toList()).isEqualTo(expected);
        }
    }
}
