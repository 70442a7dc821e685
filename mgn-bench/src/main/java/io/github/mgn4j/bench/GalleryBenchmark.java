package io.github.mgn4j.bench;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.gallery.GalleryHit;
import io.github.mgn4j.gallery.IndexOptions;
import io.github.mgn4j.gallery.SearchOptions;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time of a search for the ten nearest of a gallery in memory; {@link GalleryRun} is for galleries on disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class GalleryBenchmark {
    private static final SearchOptions NEAREST = SearchOptions.nearest(10);

    @Param("10000")
    int entries;

    @Param({"256", "2048"})
    int dims;

    @Param({"1", "64"})
    int queries;

    private Gallery gallery;
    private FeatureMatrix asked;

    @Setup
    public void fill() throws IOException {
        GalleryFeatures features = new GalleryFeatures(dims);
        SplittableRandom random = new SplittableRandom(1);
        gallery = Gallery.inMemory(dims, DistanceMetric.EUCLIDEAN);
        for (int i = 0; i < entries; i++) {
            int person = i / GalleryFeatures.IMAGES_PER_PERSON;
            gallery.add(new GalleryEntry("e" + i, person, i % 6, null), features.feature(person, random));
        }
        gallery.commit();
        asked = features.rows(queries, q -> q, random);
    }

    /** The index, which only the approximate search needs. */
    @State(Scope.Benchmark)
    public static class Index {
        @Setup
        public void build(GalleryBenchmark filled) throws IOException {
            filled.gallery.buildIndex(IndexOptions.of(filled.dims));
        }
    }

    @TearDown
    public void close() throws IOException {
        gallery.close();
    }

    @Benchmark
    public List<List<GalleryHit>> exact() {
        return gallery.search(asked, NEAREST.exact());
    }

    @Benchmark
    public List<List<GalleryHit>> exactByPeople() {
        return gallery.search(asked, NEAREST.people().exact());
    }

    @Benchmark
    public List<List<GalleryHit>> approximate(Index index) {
        return gallery.search(asked, NEAREST);
    }
}
