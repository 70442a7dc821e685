package io.github.mgn4j.gallery;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Features on the heap. */
final class HeapFeatures implements FeatureStore {
    private final int dims;
    private final List<FloatBuffer> blocks = new ArrayList<>();
    private int rows;

    HeapFeatures(int dims) {
        this.dims = dims;
    }

    @Override
    public int append(float[] row) {
        int perBlock = FeatureBlocks.rowsPerBlock(dims);
        if (rows == blocks.size() * perBlock) {
            blocks.add(FloatBuffer.allocate(perBlock * dims));
        }
        blocks.get(rows / perBlock).put(rows % perBlock * dims, row);
        rows++;
        return 0;
    }

    @Override
    public void resume(int count) {
        throw new UnsupportedOperationException("no other process has these");
    }

    @Override
    public void force() {
        // There is no file.
    }

    @Override
    public FeatureBlocks blocks(int count) {
        return new FeatureBlocks(dims, blocks.toArray(FloatBuffer[]::new), null);
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
