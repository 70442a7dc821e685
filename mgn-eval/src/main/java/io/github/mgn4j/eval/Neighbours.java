package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The nearest neighbours of each image among all, itself among them, and the distance to its farthest. */
final class Neighbours {
    private final ScreenedDistances distances;
    private final int[][] nearest;
    private final double[] farthest;

    private Neighbours(ScreenedDistances distances, int[][] nearest, double[] farthest) {
        this.distances = distances;
        this.nearest = nearest;
        this.farthest = farthest;
    }

    /** Finds the {@code count} nearest; of equally near ones the earlier is first. */
    static Neighbours of(FeatureMatrix all, int count, long blockBytes) {
        ScreenedDistances distances = new SquaredScreen(all, all, blockBytes);
        int images = all.rows();
        NearCandidates[] candidates = new NearCandidates[images];
        Arrays.setAll(candidates, i -> new NearCandidates(count, distances.tolerance(i)));
        double[] farthest = new double[images];
        distances.scan((i, from, width, near) -> {
            NearCandidates row = candidates[i];
            float tolerance = distances.tolerance(i);
            double max = farthest[i];
            float surelyNearer = Math.nextDown((float) (max - tolerance));
            for (int j = 0; j < width; j++) {
                float value = near[j];
                if (value <= row.limit()) {
                    row.offer(value, from + j);
                }
                if (value >= surelyNearer) {
                    max = Math.max(max, distances.exact(i, from + j));
                    surelyNearer = Math.nextDown((float) (max - tolerance));
                }
            }
            farthest[i] = max;
        });
        int[][] nearest = new int[images][];
        IntStream.range(0, images).parallel().forEach(i -> {
            nearest[i] = candidates[i].settle(j -> distances.exact(i, j));
            // Where all images are alike every distance is 0, over whatever.
            farthest[i] = farthest[i] == 0 ? 1 : distances.distance(farthest[i]);
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
        return distances.distance(distances.exact(i, j)) / farthest[i];
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
