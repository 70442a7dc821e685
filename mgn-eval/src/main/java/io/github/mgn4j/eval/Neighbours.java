package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;

/** The nearest neighbours of each image among all, itself among them, and the distance to its farthest. */
final class Neighbours {
    private final SquaredDistances distances;
    private final int[][] nearest;
    private final double[] farthest;

    private Neighbours(SquaredDistances distances, int[][] nearest, double[] farthest) {
        this.distances = distances;
        this.nearest = nearest;
        this.farthest = farthest;
    }

    /** Finds the {@code count} nearest; of equally near ones the earlier is first. */
    static Neighbours of(FeatureMatrix all, int count) {
        SquaredDistances distances = new SquaredDistances(all, all);
        int[][] nearest = new int[all.rows()][];
        double[] farthest = new double[all.rows()];
        QueryBlocks.forEachRow(distances, (i, row) -> {
            NearestQueue queue = new NearestQueue(count);
            double max = 0;
            for (int j = 0; j < row.length; j++) {
                queue.offer(row[j], j);
                max = Math.max(max, row[j]);
            }
            nearest[i] = queue.ascending();
            // Where all images are alike every distance is 0, over whatever.
            farthest[i] = max == 0 ? 1 : max;
        });
        return new Neighbours(distances, nearest, farthest);
    }

    int size() {
        return nearest.length;
    }

    /** The {@code rank}-th nearest to image {@code i}, from 0. */
    int nearest(int i, int rank) {
        return nearest[i][rank];
    }

    /** The largest distance in row and column {@code i}. */
    double farthest(int i) {
        return farthest[i];
    }

    /** Squared distance of two images, divided by the largest of image {@code i}. */
    double relative(int i, int j) {
        return distances.pair(i, j) / farthest[i];
    }

    /** Those of the k nearest of image {@code i}, and itself, that have it among theirs; nearest first. */
    int[] reciprocal(int i, int k) {
        int[] reciprocal = new int[k + 1];
        int count = 0;
        for (int rank = 0; rank <= k; rank++) {
            int j = nearest[i][rank];
            for (int back = 0; back <= k; back++) {
                if (nearest[j][back] == i) {
                    reciprocal[count++] = j;
                    break;
                }
            }
        }
        return Arrays.copyOf(reciprocal, count);
    }
}
