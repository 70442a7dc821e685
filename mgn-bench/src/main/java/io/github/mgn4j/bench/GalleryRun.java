package io.github.mgn4j.bench;

import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.gallery.FeatureProjection;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.gallery.GalleryHit;
import io.github.mgn4j.gallery.GalleryStats;
import io.github.mgn4j.gallery.IndexOptions;
import io.github.mgn4j.gallery.SearchOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * The bars of the gallery, with features like MGN's: clustered by person. A program and not a JMH benchmark, because a gallery of a
 * million entries is made once and searched by several modes, and because the heap is part of the result.
 *
 * <pre>
 * java -Xmx4g -cp ... io.github.mgn4j.bench.GalleryRun FOLDER ENTRIES [DIMS] [exact|approximate|adds|later|projection]...
 * </pre>
 */
public final class GalleryRun {
    private static final int IMAGES_PER_PERSON = GalleryFeatures.IMAGES_PER_PERSON;
    private static final int BATCH = 1000;
    private static final int ROUNDS = 30;
    private static final int QUERIES = 200;
    private static final int LARGE_BATCH = 64;
    private static final int NEAREST = 10;

    private static final int ADDED = 2000;

    /** The entries that are added behind an index, as a share of all. */
    private static final int LATER_SHARE = 20;

    private static final int PROJECTED = 20_000;
    private static final int PROJECTED_QUERIES = 1000;

    private final GalleryFeatures features;
    private final int dims;
    private final int entries;

    private GalleryRun(int entries, int dims) {
        this.entries = entries;
        this.dims = dims;
        features = new GalleryFeatures(dims);
    }

    /** Arguments: folder of the gallery, number of entries, dims (2048), what to measure (exact). */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        int dims = args.length > 2 ? Integer.parseInt(args[2]) : 2048;
        GalleryRun run = new GalleryRun(Integer.parseInt(args[1]), dims);
        List<String> modes = args.length > 3 ? Arrays.asList(args).subList(3, args.length) : List.of("exact");
        if (!Gallery.exists(folder)) {
            run.fill(folder);
        }
        long start = System.nanoTime();
        try (Gallery gallery = Gallery.openForWriting(folder)) {
            say("open", seconds(start), "s");
            for (String mode : modes) {
                switch (mode) {
                    case "exact" -> run.exact(gallery);
                    case "approximate" -> run.approximate(gallery);
                    case "adds" -> run.adds(gallery);
                    case "later" -> run.later(gallery);
                    case "projection" -> run.projection();
                    default -> throw new IllegalArgumentException("unknown mode " + mode);
                }
            }
            Runtime runtime = Runtime.getRuntime();
            System.gc();
            say("heap while it is open", (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0, "MiB");
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void say(String what, double value, String unit) {
        System.out.printf(Locale.ROOT, "%-28s %12.4f %s%n", what, value, unit);
    }

    private void fill(Path folder) throws IOException {
        long start = System.nanoTime();
        try (Gallery gallery = Gallery.openOrCreate(folder, dims, DistanceMetric.EUCLIDEAN)) {
            for (int from = 0; from < entries; from += BATCH) {
                int first = from;
                int count = Math.min(BATCH, entries - from);
                float[][] rows = new float[count][];
                IntStream.range(0, count)
                        .parallel()
                        .forEach(i -> rows[i] =
                                features.feature((first + i) / IMAGES_PER_PERSON, new SplittableRandom(first + i)));
                List<GalleryEntry> added = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int row = from + i;
                    added.add(new GalleryEntry("e" + row + ".jpg", row / IMAGES_PER_PERSON, row % 6, null));
                }
                gallery.addAll(added, FeatureMatrix.ofRows(rows));
                gallery.commit();
            }
        }
        say("fill", entries / seconds(start), "entries/s, with making them");
    }

    private FeatureMatrix queries(int count) {
        SplittableRandom random = new SplittableRandom(-1);
        return features.rows(count, q -> random.nextInt(Math.max(1, entries / IMAGES_PER_PERSON)), random);
    }

    /** Exact search, beside what memory and products allow. */
    private void exact(Gallery gallery) {
        double bytes = (double) entries * dims * Float.BYTES;
        FeatureMatrix queries = queries(LARGE_BATCH);
        SearchOptions options = SearchOptions.nearest(NEAREST).exact();
        double[] one = new double[ROUNDS];
        double[] many = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            gallery.search(queries.row(i % LARGE_BATCH), options);
            one[i] = seconds(start);
            start = System.nanoTime();
            gallery.search(queries, options);
            many[i] = seconds(start);
        }
        say("first, with checksums", one[0] * 1e3, "ms");
        double single = median(one);
        say("exact, 1 query", single * 1e3, "ms");
        say("exact, 1 query", bytes / single / 1e9, "GB/s");
        say("memory, read by all cores", readRate(), "GB/s");
        FeatureMatrix strangers = features.rows(LARGE_BATCH, q -> entries + q, new SplittableRandom(5));
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            gallery.search(strangers.row(i), options);
            one[i] = seconds(start);
        }
        say("exact, 1 query, a stranger", median(one) * 1e3, "ms");
        double batch = median(many);
        say("exact, 64 queries", batch * 1e3, "ms");
        say("exact, 64 queries", 2.0 * LARGE_BATCH * entries * dims / batch / 1e9, "GFLOP/s (ProductRate: the bar)");
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The rate at which all cores copy an array that is larger than the caches into their own, in GB/s. */
    private static double readRate() {
        int parts = 96;
        FloatBuffer[] memory = IntStream.range(0, parts)
                .mapToObj(i -> ByteBuffer.allocateDirect(1 << 23)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer())
                .toArray(FloatBuffer[]::new);
        double best = 0;
        for (int round = 0; round < 20; round++) {
            long start = System.nanoTime();
            IntStream.range(0, parts).parallel().forEach(i -> copy(memory[i]));
            best = Math.max(best, parts * (double) (1 << 23) / seconds(start) / 1e9);
        }
        return best;
    }

    private static void copy(FloatBuffer from) {
        float[] row = new float[512];
        for (int at = 0; at < from.capacity(); at += row.length) {
            from.get(at, row);
        }
    }

    private void approximate(Gallery gallery) throws IOException {
        if (!gallery.stats().isApproximate()) {
            long built = System.nanoTime();
            gallery.buildIndex(IndexOptions.of(dims));
            say("build", seconds(built), "s");
        }
        say("recall@10, stored entries", gallery.stats().recall(), "");
        FeatureMatrix queries = queries(QUERIES);
        long start = System.nanoTime();
        gallery.search(queries.row(0), SearchOptions.nearest(NEAREST));
        say("first search", seconds(start), "s, with reading the index if it was stored");
        searches(gallery, queries);
    }

    private static void searches(Gallery gallery, FeatureMatrix queries) {
        SearchOptions entries = SearchOptions.nearest(NEAREST);
        searches("entries", gallery, queries, entries);
        searches("people", gallery, queries, entries.people());
        searches("people by mean of 3", gallery, queries, entries.peopleByMean(3));
    }

    private static void searches(String what, Gallery gallery, FeatureMatrix queries, SearchOptions options) {
        List<List<GalleryHit>> exact = gallery.search(queries, options.exact());
        double[] times = new double[QUERIES];
        int found = 0;
        for (int round = 0; round < 3; round++) {
            found = 0;
            for (int q = 0; q < QUERIES; q++) {
                long asked = System.nanoTime();
                List<GalleryHit> hits = gallery.search(queries.row(q), options);
                times[q] = seconds(asked);
                Set<GalleryHit> wanted = new HashSet<>(exact.get(q));
                found += (int) hits.stream().filter(wanted::contains).count();
            }
        }
        Arrays.sort(times);
        say(what + ", p50", times[QUERIES / 2] * 1e3, "ms");
        say(what + ", p99", times[QUERIES * 99 / 100] * 1e3, "ms");
        say(what + ", recall@10", (double) found / QUERIES / NEAREST, "");
    }

    /** Additions, a commit for every hundred, while two threads search. */
    private void adds(Gallery gallery) throws Exception {
        FeatureMatrix queries = queries(LARGE_BATCH);
        AtomicBoolean done = new AtomicBoolean();
        int[] searches = new int[2];
        List<Thread> threads = IntStream.range(0, 2)
                .mapToObj(t -> new Thread(() -> {
                    while (!done.get()) {
                        gallery.search(queries.row(searches[t]++ % LARGE_BATCH), SearchOptions.nearest(NEAREST));
                    }
                }))
                .toList();
        SplittableRandom random = new SplittableRandom(7);
        FeatureMatrix added = features.rows(ADDED, i -> i, random);
        threads.forEach(Thread::start);
        long start = System.nanoTime();
        for (int i = 0; i < ADDED; i++) {
            gallery.add(new GalleryEntry("added" + i, null, null, null), added.row(i));
            if (i % 100 == 99) {
                gallery.commit();
            }
        }
        double taken = seconds(start);
        done.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        say("adds beside 2 searchers", ADDED / taken, "entries/s");
        say("searches meanwhile", (searches[0] + searches[1]) / taken, "1/s");
        gallery.removeIf(entry -> entry.path().startsWith("added"));
        gallery.commit();
    }

    /** Searches with as many entries behind the index as {@link io.github.mgn4j.gallery.IndexPolicy} allows, and with these removed again. */
    private void later(Gallery gallery) throws IOException {
        FeatureMatrix queries = queries(QUERIES);
        gallery.search(queries.row(0), SearchOptions.nearest(NEAREST));
        int count = entries / LATER_SHARE;
        SplittableRandom random = new SplittableRandom(11);
        double taken = 0;
        for (int from = 0; from < count; from += BATCH) {
            int first = from;
            FeatureMatrix rows = features.rows(Math.min(BATCH, count - from), i -> first + i, random);
            List<GalleryEntry> added = IntStream.range(first, first + rows.rows())
                    .mapToObj(i -> new GalleryEntry("later" + i, null, null, null))
                    .toList();
            long start = System.nanoTime();
            gallery.addAll(added, rows);
            gallery.commit();
            taken += seconds(start);
        }
        say("adds by the thousand", count / taken, "entries/s");
        say("rows behind the index", rowsBehind(gallery), "");
        searches(gallery, queries);
        gallery.removeIf(entry -> entry.path().startsWith("later"));
        gallery.commit();
        say("these removed, rows behind", rowsBehind(gallery), "");
        searches(gallery, queries);
    }

    private static int rowsBehind(Gallery gallery) throws IOException {
        GalleryStats stats = gallery.stats();
        return stats.entries() + stats.removed() - stats.indexed();
    }

    /** What fewer dimensions cost: mean average precision of other images of the same people, none of whom the fit has seen. */
    private void projection() {
        SplittableRandom random = new SplittableRandom(3);
        FeatureMatrix sample = features.rows(PROJECTED, i -> PROJECTED + i / IMAGES_PER_PERSON, random);
        FeatureMatrix gallery = features.rows(PROJECTED, i -> i / IMAGES_PER_PERSON, random);
        FeatureMatrix queries = features.rows(PROJECTED_QUERIES, i -> i, random);
        say("mAP, " + dims + " dims", meanAveragePrecision(queries, gallery), "");
        FeatureProjection fitted = FeatureProjection.fit(sample, 512, false);
        FeatureMatrix smallQueries = fitted.apply(queries);
        FeatureMatrix smallGallery = fitted.apply(gallery);
        for (int to : new int[] {512, 256, 128, 64}) { // the first components are those of a fit to fewer
            double value = meanAveragePrecision(first(smallQueries, to), first(smallGallery, to));
            say("mAP, " + to + " dims", value, "");
        }
        FeatureProjection white = FeatureProjection.fit(sample, 256, true);
        say("mAP, 256 dims, whitened", meanAveragePrecision(white.apply(queries), white.apply(gallery)), "");
    }

    private static FeatureMatrix first(FeatureMatrix features, int dims) {
        return FeatureMatrix.ofRows(IntStream.range(0, features.rows())
                .mapToObj(row -> Arrays.copyOf(features.row(row), dims))
                .toArray(float[][]::new));
    }

    /** The person of query q is q, that of gallery row i is i / 20. */
    private static double meanAveragePrecision(FeatureMatrix queries, FeatureMatrix gallery) {
        int[] asked = IntStream.range(0, queries.rows()).toArray();
        int[] known = IntStream.range(0, gallery.rows())
                .map(i -> i / IMAGES_PER_PERSON)
                .toArray();
        int[] cameras = new int[known.length];
        Arrays.fill(cameras, 1);
        return new Evaluator(DistanceMetric.EUCLIDEAN)
                .evaluate(
                        new LabelledFeatures(queries, asked, new int[asked.length]),
                        new LabelledFeatures(gallery, known, cameras))
                .metrics()
                .mAP();
    }
}
