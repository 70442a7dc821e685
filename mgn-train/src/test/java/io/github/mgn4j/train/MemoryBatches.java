package io.github.mgn4j.train;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;

/** One batch of the formula's images, again and again: image i shows identity i / k. */
final class MemoryBatches implements BatchSource {
    private final int classes;
    private final Layout layout;
    private final float[] images;
    private final ImmutableIntArray labels;
    private int count;

    MemoryBatches(MgnSpec spec, int p, int k, Layout layout) {
        this(
                spec,
                p,
                k,
                layout,
                ReferenceWeights.images(
                        p * k, spec.input().height(), spec.input().width()));
    }

    /** @param nchw images {@code [p k, 3, height, width]} */
    MemoryBatches(MgnSpec spec, int p, int k, Layout layout, float[] nchw) {
        this.layout = layout;
        classes = spec.classes();
        int pixels = spec.input().height() * spec.input().width();
        images = layout == Layout.NCHW ? nchw : toNhwc(nchw, pixels);
        int[] identities = new int[p * k];
        for (int i = 0; i < identities.length; i++) {
            identities[i] = i / k;
        }
        labels = ImmutableIntArray.copyOf(identities);
    }

    private static float[] toNhwc(float[] nchw, int pixels) {
        float[] nhwc = new float[nchw.length];
        for (int i = 0; i < nhwc.length; i++) {
            int image = i / (3 * pixels);
            int pixel = i / 3 % pixels;
            nhwc[i] = nchw[(image * 3 + i % 3) * pixels + pixel];
        }
        return nhwc;
    }

    @Override
    public int batchSize() {
        return labels.length();
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public int iterationsPerEpoch() {
        return 10;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** The images, for a test to spoil. */
    float[] images() {
        return images;
    }

    @Override
    public void seek(long iteration) {
        count = (int) iteration;
    }

    @Override
    public String fingerprint() {
        return "formula";
    }

    @Override
    public Batch next() {
        int number = count++;
        return new Batch(number / 10, number % 10, labels.length(), FloatBuffer.wrap(images), labels, labels);
    }

    @Override
    public void close() {}
}
