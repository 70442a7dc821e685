package io.github.mgn4j.train;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.engine.Layout;
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
        this.layout = layout;
        classes = spec.classes();
        int height = spec.input().height();
        int width = spec.input().width();
        float[] nhwc = FormulaModels.images(p * k, height, width);
        images = layout == Layout.NHWC ? nhwc : toNchw(nhwc, height * width);
        int[] identities = new int[p * k];
        for (int i = 0; i < identities.length; i++) {
            identities[i] = i / k;
        }
        labels = ImmutableIntArray.copyOf(identities);
    }

    private static float[] toNchw(float[] nhwc, int pixels) {
        float[] nchw = new float[nhwc.length];
        for (int i = 0; i < nhwc.length; i++) {
            int image = i / (3 * pixels);
            int pixel = i / 3 % pixels;
            nchw[(image * 3 + i % 3) * pixels + pixel] = nhwc[i];
        }
        return nchw;
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
