package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * What {@code tools/hostile/gallery_kill.py} kills: commit after commit of changes that a commit's number determines. The entry
 * "counter" has the number as its feature.
 */
final class GalleryKillTarget {
    private static final int DIMS = 64;
    private static final String COUNTER = "counter";

    private GalleryKillTarget() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        if (args[0].equals("run")) {
            run(folder);
        } else {
            check(folder, Integer.parseInt(args[2]));
        }
    }

    private static void run(Path folder) throws IOException {
        while (true) {
            try (Gallery gallery = Gallery.openOrCreate(folder, DIMS, DistanceMetric.EUCLIDEAN)) {
                int number = last(gallery);
                do {
                    number++;
                    change(gallery, number);
                    gallery.commit();
                    System.out.println(number);
                    if (number % 50 == 0) {
                        gallery.compact();
                    }
                } while (number % 5 > 0); // closing writes a snapshot
            }
        }
    }

    private static int last(Gallery gallery) throws IOException {
        int[] last = {0};
        gallery.forEach((entry, feature) -> {
            if (entry.path().equals(COUNTER)) {
                last[0] = (int) feature[0];
            }
        });
        return last[0];
    }

    private static float[] filled(float value) {
        float[] feature = new float[DIMS];
        java.util.Arrays.fill(feature, value);
        return feature;
    }

    private static void change(Gallery gallery, int number) throws IOException {
        Random random = new Random(number);
        int count = 1 + random.nextInt(random.nextInt(20) == 0 ? 2000 : 20);
        for (int i = 0; i < count; i++) {
            gallery.add(new GalleryEntry("e" + random.nextInt(5000), number, null, null), filled(number + i / 10_000f));
        }
        for (int i = 0; i < random.nextInt(10); i++) {
            gallery.remove("e" + random.nextInt(5000));
        }
        gallery.add(new GalleryEntry(COUNTER, null, null, null), filled(number));
    }

    /** Replays the changes in memory, and compares. */
    private static void check(Path folder, int reported) throws IOException {
        if (!Gallery.exists(folder)) {
            if (reported > 0) {
                throw new AssertionError("no gallery, but commit " + reported + " was reported");
            }
            System.out.println("no gallery yet");
            return;
        }
        try (Gallery gallery = Gallery.open(folder);
                Gallery expected = Gallery.inMemory(DIMS, DistanceMetric.EUCLIDEAN)) {
            gallery.verify();
            int last = last(gallery);
            if (last < reported) {
                throw new AssertionError("commit " + last + " is the last, but " + reported + " was reported");
            }
            for (int number = 1; number <= last; number++) {
                change(expected, number);
                expected.commit(); // which forgets what was replaced
            }
            Map<GalleryEntry, Float> wanted = contents(expected);
            Map<GalleryEntry, Float> found = contents(gallery);
            if (!wanted.equals(found) || gallery.size() != expected.size()) {
                throw new AssertionError(
                        "commit " + last + ": " + found.size() + " entries, expected " + wanted.size());
            }
            System.out.println("commit " + last + " with " + found.size() + " entries");
        }
    }

    private static Map<GalleryEntry, Float> contents(Gallery gallery) throws IOException {
        Map<GalleryEntry, Float> contents = new HashMap<>();
        gallery.forEach((entry, feature) -> contents.put(entry, feature[0]));
        return contents;
    }
}
