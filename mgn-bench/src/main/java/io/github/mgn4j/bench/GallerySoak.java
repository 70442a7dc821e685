package io.github.mgn4j.bench;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.gallery.IndexOptions;
import io.github.mgn4j.gallery.IndexPolicy;
import io.github.mgn4j.gallery.SearchOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gallery under load for minutes: one thread adds, replaces, removes and commits, two search, one builds an index when a policy
 * wants it, which every compaction drops. Prints once a minute what memory and disk it takes, which must not grow, because the
 * number of entries does not.
 *
 * <pre>
 * java -Xmx512m -cp ... io.github.mgn4j.bench.GallerySoak FOLDER MINUTES
 * </pre>
 */
public final class GallerySoak {
    private static final int DIMS = 256;
    private static final int ENTRIES = 20_000;
    private static final int BATCH = 100;

    /** Milliseconds between commits, so that an index is built before the next compaction. */
    private static final int PAUSE = 50;

    private static final long MINUTE = 60_000_000_000L;

    private final Gallery gallery;
    private final long end;
    private final AtomicLong searches = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong indexes = new AtomicLong();
    private final AtomicLong overtaken = new AtomicLong();

    private GallerySoak(Gallery gallery, int minutes) {
        this.gallery = gallery;
        end = System.nanoTime() + minutes * MINUTE;
    }

    /** Arguments: folder of the gallery, minutes. */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        try (Gallery gallery = Gallery.openOrCreate(folder, DIMS, DistanceMetric.EUCLIDEAN)) {
            GallerySoak soak = new GallerySoak(gallery, Integer.parseInt(args[1]));
            Thread[] threads = {
                new Thread(soak::write, "writer"),
                new Thread(() -> soak.search(1), "searcher 1"),
                new Thread(() -> soak.search(2), "searcher 2"),
                new Thread(soak::index, "indexer")
            };
            for (Thread thread : threads) {
                thread.start();
            }
            while (System.nanoTime() < soak.end) {
                Thread.sleep(MINUTE / 1_000_000);
                soak.report();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static float[] feature(SplittableRandom random) {
        float[] feature = new float[DIMS];
        for (int d = 0; d < DIMS; d++) {
            feature[d] = (float) random.nextGaussian();
        }
        return feature;
    }

    private void write() {
        SplittableRandom random = new SplittableRandom(1);
        try {
            while (System.nanoTime() < end) {
                for (int i = 0; i < BATCH; i++) {
                    String path = "e" + random.nextInt(ENTRIES);
                    if (random.nextInt(4) == 0) {
                        gallery.remove(path);
                    } else {
                        gallery.add(
                                new GalleryEntry(path, random.nextInt(1, ENTRIES / 10), random.nextInt(6), null),
                                feature(random));
                    }
                    changes.incrementAndGet();
                }
                gallery.commit();
                Thread.sleep(PAUSE);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void index() {
        IndexPolicy policy = new IndexPolicy(1000, 0.3, new IndexOptions(16, 50, 64, 10, 1));
        while (System.nanoTime() < end) {
            try {
                indexes.addAndGet(gallery.buildIndexIfDue(policy) ? 1 : 0);
                Thread.sleep(100);
            } catch (IllegalStateException e) {
                overtaken.incrementAndGet(); // by a compaction
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void search(int seed) {
        SplittableRandom random = new SplittableRandom(-seed);
        while (System.nanoTime() < end) {
            SearchOptions options = SearchOptions.nearest(10);
            gallery.search(feature(random), random.nextBoolean() ? options : options.people());
            searches.incrementAndGet();
        }
    }

    private void report() throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        Path status = Path.of("/proc/self/status");
        String resident = Files.exists(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("RssAnon") || line.startsWith("Threads"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .reduce("", (all, line) -> all + "  " + line)
                : "";
        System.out.printf(
                Locale.ROOT,
                "%d entries  %d changes  %d searches  %d indexes, %d overtaken by compactions  heap %d MiB  disk %d MiB%s%n",
                gallery.size(),
                changes.get(),
                searches.get(),
                indexes.get(),
                overtaken.get(),
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                gallery.stats().bytes() >> 20,
                resident);
    }
}
