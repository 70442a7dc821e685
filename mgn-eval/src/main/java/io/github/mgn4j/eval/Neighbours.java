package io.github.mgn4j.eval;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The nearest neighbours of each image among all, itself among them, and the distance to its farthest. */
final class Neighbours {
    private final BoundedDistances distances;
    private final int[][] nearest;
    private final double[][] nearestSquares;
    private final double[] farthest;

    private Neighbours(BoundedDistances distances, int count) {
        int images = distances.queries();
        this.distances = distances;
        nearest = new int[images][];
        nearestSquares = new double[images][];
        farthest = new double[images];
        NearCandidates[] near = new NearCandidates[images];
        Arrays.setAll(near, i -> new NearCandidates(count, distances.tolerance(i)));
        // The farthest is the nearest by the negative distance.
        NearCandidates[] far = new NearCandidates[images];
        Arrays.setAll(far, i -> new NearCandidates(1, distances.tolerance(i)));
        distances.scan((i, from, width, part) -> collect(near[i], far[i], from, width, part));
        IntStream.range(0, images).parallel().forEach(i -> {
            nearest[i] = near[i].settle(j -> distances.exact(i, j));
            nearestSquares[i] =
                    IntStream.of(nearest[i]).mapToDouble(j -> squared(i, j)).toArray();
            double max = squared(i, far[i].settle(j -> -distances.exact(i, j))[0]);
            // Where all images are alike every distance is 0, over whatever.
            farthest[i] = max == 0 ? 1 : max;
        });
    }

    /** Finds the {@code count} nearest; of equally near ones the earlier is first. */
    static Neighbours of(FeatureMatrix all, DistanceMetric metric, int count, long blockBytes) {
        return new Neighbours(BoundedUnitDistances.within(all, metric, blockBytes), count);
    }

    private static void collect(NearCandidates nearest, NearCandidates farthest, int from, int width, float[] near) {
        float limit = nearest.limit();
        float farLimit = -farthest.limit();
        for (int j = 0; j < width; j++) {
            float value = near[j];
            if (value <= limit) {
                nearest.offer(value, from + j);
                limit = nearest.limit();
            }
            if (value >= farLimit) {
                farthest.offer(-value, from + j);
                farLimit = -farthest.limit();
            }
        }
    }

    private double squared(int i, int j) {
        return distances.distance(distances.exact(i, j));
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
        return known(i, j) / farthest[i];
    }

    /** From the list of either, if the other is in it: reading two features takes longer. */
    private double known(int i, int j) {
        for (int rank = 0; rank < nearest[i].length; rank++) {
            if (nearest[i][rank] == j) {
                return nearestSquares[i][rank];
            }
            if (nearest[j][rank] == i) {
                return nearestSquares[j][rank];
            }
        }
        return squared(i, j);
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
