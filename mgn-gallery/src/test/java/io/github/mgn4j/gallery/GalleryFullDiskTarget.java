package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.nio.file.Path;

/** Adds and commits until the disk is full, in a process of its own. Prints the commits that returned, then the error. */
final class GalleryFullDiskTarget {
    static final int DIMS = 256;
    static final int PER_COMMIT = 7;

    private GalleryFullDiskTarget() {}

    /** Arguments: folder, and whether to replace ten entries again and again, so that commits compact. */
    public static void main(String[] args) throws IOException {
        boolean replace = Boolean.parseBoolean(args[1]);
        try (Gallery gallery = Gallery.openOrCreate(Path.of(args[0]), DIMS, DistanceMetric.EUCLIDEAN)) {
            for (int commit = 1; ; commit++) {
                for (int i = 0; i < PER_COMMIT; i++) {
                    gallery.add(entry(replace ? i : commit * PER_COMMIT + i), feature(commit));
                }
                gallery.commit();
                System.out.println(commit);
            }
        } catch (IOException e) {
            System.out.println("IOException");
        }
    }

    static GalleryEntry entry(int i) {
        return new GalleryEntry(i + ".jpg", i, null, null);
    }

    static float[] feature(int commit) {
        float[] feature = new float[DIMS];
        java.util.Arrays.fill(feature, commit);
        return feature;
    }
}
