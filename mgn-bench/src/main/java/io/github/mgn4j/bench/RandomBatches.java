package io.github.mgn4j.bench;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.train.BatchSource;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The same random batch of p x k images repeatedly, so that nothing is loaded while a step is timed. */
final class RandomBatches implements BatchSource {
    private final Batch batch;
    private final int classes;

    RandomBatches(MgnSpec spec, int p, int k) {
        int size = p * k;
        classes = spec.classes();
        SplittableRandom random = new SplittableRandom(1);
        FloatBuffer images = FloatBuffer.allocate(
                3 * size * spec.input().height() * spec.input().width());
        for (int i = 0; i < images.limit(); i++) {
            images.put(i, (float) (4 * random.nextDouble() - 2));
        }
        ImmutableIntArray labels =
                ImmutableIntArray.copyOf(IntStream.range(0, size).map(i -> i / k));
        batch = new Batch(0, 0, size, images, labels, labels);
    }

    @Override
    public int batchSize() {
        return batch.size();
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public int iterationsPerEpoch() {
        return 1000;
    }

    @Override
    public Layout layout() {
        return Layout.NHWC;
    }

    @Override
    public void seek(long iteration) {}

    @Override
    public String fingerprint() {
        return "random";
    }

    @Override
    public Batch next() {
        return batch;
    }

    @Override
    public void close() {}
}
