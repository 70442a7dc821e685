package io.github.mgn4j.train;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.Seeds;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** A different batch for every iteration, made from its number alone; 10 iterations are an epoch. */
final class ManyBatches implements BatchSource {
    private static final int PER_EPOCH = 10;

    private final MgnSpec spec;
    private final int p;
    private final int k;
    private final String name;
    private long iteration;

    ManyBatches(MgnSpec spec, int p, int k) {
        this(spec, p, k, "random images");
    }

    ManyBatches(MgnSpec spec, int p, int k, String name) {
        this.spec = spec;
        this.p = p;
        this.k = k;
        this.name = name;
    }

    @Override
    public int batchSize() {
        return p * k;
    }

    @Override
    public int classes() {
        return spec.classes();
    }

    @Override
    public int iterationsPerEpoch() {
        return PER_EPOCH;
    }

    @Override
    public Layout layout() {
        return Layout.NHWC;
    }

    @Override
    public void seek(long position) {
        iteration = position;
    }

    @Override
    public String fingerprint() {
        return name;
    }

    /** Noise, brighter the higher the identity. */
    @Override
    public Batch next() {
        SplittableRandom random = Seeds.random(7, iteration);
        int length = 3 * spec.input().height() * spec.input().width();
        float[] images = new float[p * k * length];
        int[] labels = new int[p * k];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (int) ((i / k + iteration) % spec.classes());
            for (int j = 0; j < length; j++) {
                images[i * length + j] = (float) (random.nextDouble() - 0.5 + 0.3 * labels[i] * (j % 3 - 1));
            }
        }
        ImmutableIntArray identities = ImmutableIntArray.copyOf(labels);
        Batch batch = new Batch(
                iteration / PER_EPOCH,
                (int) (iteration % PER_EPOCH),
                labels.length,
                FloatBuffer.wrap(images),
                identities,
                identities);
        iteration++;
        return batch;
    }

    @Override
    public void close() {}
}
