package io.github.mgn4j.extract;

import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** The joined features of some images while one network after the other fills its part in. Used by one thread. */
final class JoinedRows {
    private final List<Path> images;
    private final float[][] rows;
    /** The number of networks that have read each image. */
    private final int[] filled;

    private final Set<Path> skipped = new HashSet<>();

    JoinedRows(List<Path> images, int dims) {
        this.images = images;
        rows = new float[images.size()][dims];
        filled = new int[images.size()];
    }

    /** Returns a sink that fills in the next network's part of each row. Images arrive in order; some may be missing. */
    FeatureSink from(int offset, boolean normalise) {
        int[] next = {0};
        return (image, features) -> {
            while (!images.get(next[0]).equals(image)) {
                next[0]++;
            }
            int row = next[0]++;
            float[] part = normalise
                    ? FeatureMatrix.of(features, 1, features.length)
                            .normalized()
                            .data()
                    : features;
            System.arraycopy(part, 0, rows[row], offset, part.length);
            filled[row]++;
        };
    }

    /** Returns a listener that reports each skipped image once. */
    ExtractionListener listener(ExtractionListener listener, IntConsumer progress) {
        return new ExtractionListener() {
            @Override
            public void progress(int done, int total) {
                progress.accept(done);
            }

            @Override
            public void skipped(Path image, Exception reason) {
                if (skipped.add(image)) {
                    listener.skipped(image, reason);
                }
            }
        };
    }

    /** Hands out the rows that all networks have filled. */
    void write(FeatureSink sink, int networks) throws IOException {
        for (int i = 0; i < rows.length; i++) {
            if (filled[i] == networks) {
                sink.accept(images.get(i), rows[i]);
            }
        }
    }
}
