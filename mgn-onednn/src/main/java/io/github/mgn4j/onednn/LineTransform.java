package io.github.mgn4j.onednn;

import java.nio.FloatBuffer;

/** A transform between memories that is done one row of tiles after the other, in any order and by several threads. */
interface LineTransform {
    /** Number of rows of tiles in the batch. */
    int lines();

    /** Transforms a row of tiles; the buffers' positions are neither used nor changed. */
    void line(int line, FloatBuffer source, FloatBuffer target, Scratch scratch);

    /** Arrays that one thread uses again and again. */
    final class Scratch {
        private static final int SETS = 4;

        private final float[][][] sets = new float[SETS][0][0];

        /** A set of arrays, each of at least a length; what is in them is left over from any earlier line. */
        float[][] take(int set, int count, int length) {
            if (sets[set].length < count || sets[set][0].length < length) {
                sets[set] = new float[count][length];
            }
            return sets[set];
        }
    }
}
