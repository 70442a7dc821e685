package io.github.mgn4j.onednn;

import java.nio.FloatBuffer;

/** A transform between memories, computed one row of tiles at a time, in any order and by several threads. */
interface LineTransform {
    /** Returns the number of rows of tiles in the batch. */
    int lines();

    /** Transforms a row of tiles. The buffers' positions are neither used nor changed. */
    void line(int line, FloatBuffer source, FloatBuffer target, Scratch scratch);

    /** Arrays that one thread reuses. */
    final class Scratch {
        private static final int SETS = 4;

        private final float[][][] sets = new float[SETS][0][0];

        /**
         * Returns a set of arrays, each at least {@code length} long. Their contents are left over from earlier lines.
         */
        float[][] take(int set, int count, int length) {
            if (sets[set].length < count || sets[set][0].length < length) {
                sets[set] = new float[count][length];
            }
            return sets[set];
        }
    }
}
