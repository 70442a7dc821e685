package io.github.mgn4j.gallery;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A few nearly orthogonal directions of equal length into which features are projected for an index. Divided by that length, Euclidean distances
 * of projections are at most those of the features, and near them where features vary little in other directions. Immutable and
 * thread-safe.
 *
 * @param basis {@code [dims, directions]}
 * @param norm a bound of how much longer a projection may be than what is projected
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Subspace(float[][] basis, double norm) {
    /** Creates a subspace from its directions, the columns. */
    static Subspace of(float[][] basis) {
        return new Subspace(basis, norm(basis));
    }

    /** Returns a bound of how much longer a projection may be than what is projected: by Gershgorin, of the columns' products. */
    private static double norm(float[][] basis) {
        double[][] products = new double[basis[0].length][basis[0].length];
        for (float[] row : basis) {
            for (int a = 0; a < row.length; a++) {
                for (int b = 0; b < row.length; b++) {
                    products[a][b] += (double) row[a] * row[b];
                }
            }
        }
        double largest = 0;
        for (double[] row : products) {
            double sum = 0;
            for (double product : row) {
                sum += Math.abs(product);
            }
            largest = Math.max(largest, sum);
        }
        return Math.sqrt(largest) * (1 + 1e-9); // the sums are rounded
    }

    /** Returns all directions of features of a length: projections are the features, times a factor. */
    static Subspace whole(int dims, float factor) {
        float[][] basis = new float[dims][dims];
        for (int d = 0; d < dims; d++) {
            basis[d][d] = factor;
        }
        return of(basis);
    }

    /** Returns the length of projections. */
    int dims() {
        return basis[0].length;
    }

    /**
     * Returns a distance that two features have at least, given the squared distance of their projections. Both are float32 sums:
     * of n products each, off by no more than n u |a||b|, u = 2^-24.
     *
     * @param lengths the sum of the features' lengths, or more
     */
    double atLeast(double square, double lengths) {
        if (norm == 0) {
            return 0; // entries that are all the same vary in no direction
        }
        double between = Math.sqrt(square * (1 - 2 * (dims() + 8) * NearScan.UNIT)) / norm;
        return Math.max(0, between - (basis.length + 8) * NearScan.UNIT * Math.sqrt(dims()) * lengths);
    }

    float[] project(float[] feature) {
        return project(feature, basis);
    }

    /** Returns a row of a product: {@code feature x basis}. */
    static float[] project(float[] feature, float[][] basis) {
        float[] projected = new float[basis[0].length];
        int d = 0;
        for (; d + 1 < feature.length; d += 2) {
            add(feature[d], basis[d], feature[d + 1], basis[d + 1], projected);
        }
        if (d < feature.length) {
            add(feature[d], basis[d], 0, basis[d], projected);
        }
        return projected;
    }

    private static void add(float a, float[] first, float b, float[] second, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sums[i] + a * first[i] + b * second[i]; // in this form HotSpot vectorises it
        }
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(basis.length);
        out.writeInt(dims());
        for (float[] row : basis) {
            for (float value : row) {
                out.writeFloat(value);
            }
        }
    }

    static Subspace read(DataInput in) throws IOException {
        float[][] basis = new float[in.readInt()][in.readInt()];
        for (float[] row : basis) {
            for (int i = 0; i < row.length; i++) {
                row[i] = in.readFloat();
            }
        }
        return of(basis);
    }
}
