package io.github.mgn4j.onednn;

import io.github.mgn4j.spec.NormLayer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Normalises the first channels of every image's map {@code [batch, positions, channels]} over its positions (instance
 * norm), and applies ReLU to all channels. A line is a group of channels of one image.
 *
 * @param gamma scale of the normalised channels, which are the first {@code gamma.length}
 * @param beta their shift
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record InstanceTransform(int batch, int positions, int channels, float[] gamma, float[] beta) implements LineTransform {
    private static final int GROUP = 64;

    @Override
    public int lines() {
        return batch * groups();
    }

    private int groups() {
        return (channels + GROUP - 1) / GROUP;
    }

    @Override
    public void line(int line, FloatBuffer source, FloatBuffer target, Scratch scratch) {
        int first = line % groups() * GROUP;
        int width = Math.min(GROUP, channels - first);
        int from = line / groups() * positions * channels + first;
        float[][] rows = scratch.take(0, 3, GROUP);
        float[] scale = rows[1];
        float[] shift = rows[2];
        affine(source, from, first, width, rows[0], scale, shift);
        for (int i = 0; i < positions; i++) {
            float[] row = rows[0];
            source.get(from + i * channels, row, 0, width);
            for (int c = 0; c < width; c++) {
                row[c] = Math.max(0, scale[c] * row[c] + shift[c]);
            }
            target.put(from + i * channels, row, 0, width);
        }
    }

    /** Computes scale and shift of a group's channels; 1 and 0 for those that are not normalised. */
    private void affine(FloatBuffer source, int from, int first, int width, float[] row, float[] scale, float[] shift) {
        Arrays.fill(scale, 1);
        Arrays.fill(shift, 0);
        int normalised = Math.min(width, gamma.length - first);
        if (normalised <= 0) {
            return;
        }
        double[] mean = new double[normalised];
        double[] variance = new double[normalised];
        for (int i = 0; i < positions; i++) {
            source.get(from + i * channels, row, 0, normalised);
            for (int c = 0; c < normalised; c++) {
                mean[c] += row[c];
            }
        }
        for (int c = 0; c < normalised; c++) {
            mean[c] /= positions;
        }
        for (int i = 0; i < positions; i++) {
            source.get(from + i * channels, row, 0, normalised);
            for (int c = 0; c < normalised; c++) {
                double difference = row[c] - mean[c];
                variance[c] += difference * difference;
            }
        }
        for (int c = 0; c < normalised; c++) {
            double factor = gamma[first + c] / Math.sqrt(variance[c] / positions + NormLayer.EPSILON);
            scale[c] = (float) factor;
            shift[c] = (float) (beta[first + c] - mean[c] * factor);
        }
    }
}
