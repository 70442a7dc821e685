package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.NpyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Random;

/** Sets of features for the tests. */
final class Fixtures {
    private Fixtures() {}

    /** A file in src/test/resources/reference, written by tools/reference/*_reference.py. */
    static Path file(String name) {
        return Path.of(
                URI.create(Fixtures.class.getResource("/reference/" + name).toString()));
    }

    static FeatureMatrix matrix(String name) {
        try {
            return NpyFile.read(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LabelledFeatures labelled(String name) {
        FeatureMatrix labels = matrix(name + "_labels.npy");
        int[] pids = new int[labels.rows()];
        int[] camids = new int[labels.rows()];
        for (int i = 0; i < pids.length; i++) {
            pids[i] = (int) labels.get(i, 0);
            camids[i] = (int) labels.get(i, 1);
        }
        return new LabelledFeatures(matrix(name + ".npy"), pids, camids);
    }

    /** Gaussian features; with {@code levels} above 0, whole numbers below it, so that there are many ties. */
    static FeatureMatrix random(Random random, int rows, int dims, int levels) {
        float[] data = new float[rows * dims];
        for (int i = 0; i < data.length; i++) {
            data[i] = levels > 0 ? random.nextInt(levels) : (float) random.nextGaussian();
        }
        return FeatureMatrix.of(data, rows, dims);
    }

    static int[] ints(Random random, int size, int from, int to) {
        return random.ints(size, from, to).toArray();
    }
}
