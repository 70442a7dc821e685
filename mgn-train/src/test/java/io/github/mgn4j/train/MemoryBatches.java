package io.github.mgn4j.train;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;

/** The same k noisy images of each of p identities in every batch; the identity is a pattern that can be learnt. */
final class MemoryBatches implements BatchSource {
    private final MgnSpec spec;
    private final int p;
    private final int k;
    private final Layout layout;
    private long iteration;

    MemoryBatches(MgnSpec spec, int p, int k, Layout layout) {
        this.spec = spec;
        this.p = p;
        this.k = k;
        this.layout = layout;
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
        return 10;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Batch next() {
        int height = spec.input().height();
        int width = spec.input().width();
        float[] images = new float[batchSize() * 3 * height * width];
        int[] labels = new int[batchSize()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i / k;
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        int at = layout == Layout.NHWC
                                ? ((i * height + y) * width + x) * 3 + c
                                : ((i * 3 + c) * height + y) * width + x;
                        images[at] = FormulaModels.value("pattern" + labels[i] + "/" + c, y / 8 * 64 + x / 8)
                                + FormulaModels.value("image" + i, (c * height + y) * width + x);
                    }
                }
            }
        }
        long number = iteration++;
        return new Batch(
                number / iterationsPerEpoch(),
                (int) (number % iterationsPerEpoch()),
                labels.length,
                FloatBuffer.wrap(images),
                ImmutableIntArray.copyOf(labels),
                ImmutableIntArray.copyOf(labels));
    }

    @Override
    public void close() {}
}
