package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.Division;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;

/**
 * Mean and biased variance of each channel of rows, {@code [rows, channels]}, from one reading of them. Sums of a few rows are
 * float32, sums of these float64: oneDNN's batch norm adds up all rows in float32 and loses two digits on large maps. The result
 * does not depend on the number of threads.
 */
final class ChannelMoments {
    /** Elements that are added up in float32 by one loop, whose accumulators stay in the nearest cache. */
    private static final int WIDTH = 1024;
    /** Rows of that many elements between two sums in float64. */
    private static final int DEPTH = 16;

    private static final int PIECE = 1 << 18;

    private final int channels;
    private final long rows;
    private final int rowsOfPiece;
    private final FloatBuffer[] pieces;
    private final FloatBuffer mean;
    private final FloatBuffer variance;
    private final float[] shift;
    private final double[][] sums;

    ChannelMoments(long x, long rows, int channels, long mean, long variance) {
        this.rows = rows;
        this.channels = channels;
        rowsOfPiece = Math.max(1, PIECE / channels);
        int count = Math.toIntExact((rows + rowsOfPiece - 1) / rowsOfPiece);
        pieces = new FloatBuffer[count];
        for (int i = 0; i < count; i++) {
            long first = (long) i * rowsOfPiece;
            pieces[i] = floats(x + Float.BYTES * first * channels, Math.min(rowsOfPiece, rows - first) * channels);
        }
        this.mean = floats(mean, channels);
        this.variance = floats(variance, channels);
        shift = new float[channels];
        sums = new double[count][2 * channels];
    }

    private static FloatBuffer floats(long address, long length) {
        return Dnnl.floats(new BytePointer(Dnnl.at(address)), 0, Float.BYTES * length);
    }

    /** Reads the rows and writes mean and variance. */
    void compute() {
        readShift();
        int workers = Math.min(OpenMp.cores(), pieces.length);
        NativeThread.workers()
                .run(
                        new Division(pieces.length, workers, OpenMp.cores(), pieces.length),
                        (worker, piece) -> add(piece));
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (double[] of : sums) {
                sum += of[c];
                squares += of[channels + c];
            }
            double offset = sum / rows;
            mean.put(c, (float) (shift[c] + offset));
            variance.put(c, (float) Math.max(0, squares / rows - offset * offset));
        }
    }

    /** The mean of the first rows: the nearer to the mean it is, the fewer digits the sums of squares lose. */
    private void readShift() {
        int some = Math.toIntExact(Math.min(DEPTH, pieces[0].limit() / channels));
        float[] values = new float[some * channels];
        pieces[0].get(0, values);
        Arrays.fill(shift, 0);
        for (int i = 0; i < values.length; i++) {
            shift[i % channels] += values[i] / some;
        }
    }

    private void add(int piece) {
        FloatBuffer from = pieces[piece];
        int length = from.limit();
        int group = Math.max(1, WIDTH / channels) * channels;
        float[] shifts = new float[group];
        for (int i = 0; i < group; i += channels) {
            System.arraycopy(shift, 0, shifts, i, channels);
        }
        float[] values = new float[group];
        float[] sum = new float[group];
        float[] squares = new float[group];
        double[] total = sums[piece];
        Arrays.fill(total, 0);
        for (int start = 0; start < length; start += group * DEPTH) {
            Arrays.fill(sum, 0);
            Arrays.fill(squares, 0);
            int end = Math.min(length, start + group * DEPTH);
            for (int row = start; row < end; row += group) {
                int count = Math.min(group, end - row);
                from.get(row, values, 0, count);
                accumulate(values, shifts, sum, squares, count);
            }
            for (int row = 0; row < group; row += channels) {
                for (int c = 0; c < channels; c++) {
                    total[c] += sum[row + c];
                    total[channels + c] += squares[row + c];
                }
            }
        }
    }

    /** One index for all arrays: otherwise HotSpot does not vectorise the loop. */
    private static void accumulate(float[] values, float[] shifts, float[] sum, float[] squares, int count) {
        for (int i = 0; i < count; i++) {
            float difference = values[i] - shifts[i];
            sum[i] += difference;
            squares[i] += difference * difference;
        }
    }
}
