package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.features.FeatureMatrix;
import java.nio.file.Path;

/** Collects the features of images in one array. Not thread-safe. */
final class FeatureCollector implements FeatureSink {
    private final int dims;
    private final float[] all;
    private int filled;

    FeatureCollector(int images, int dims) {
        this.dims = dims;
        all = new float[values(images, dims)];
    }

    /**
     * Returns the number of values of the features of some images.
     *
     * @throws IllegalArgumentException if they exceed the size of an array
     */
    static int values(int images, int dims) {
        long values = (long) images * dims;
        Preconditions.checkArgument(
                values <= Integer.MAX_VALUE - 8,
                "%s images of %s values each do not fit into one array; give them to a FeatureSink",
                images,
                dims);
        return (int) values;
    }

    @Override
    public void accept(Path image, float[] features) {
        System.arraycopy(features, 0, all, filled, dims);
        filled += dims;
    }

    /** Returns the features, {@code [images, dims]}, once all images have theirs. */
    FeatureMatrix matrix() {
        return FeatureMatrix.of(all, all.length / dims, dims);
    }
}
