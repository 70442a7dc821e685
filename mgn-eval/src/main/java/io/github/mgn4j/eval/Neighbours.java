package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.NearCandidates;
import io.github.mgn4j.eval.internal.NearestQueue;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The nearest neighbours of each image, the image itself included, and its largest distance. */
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
        // The farthest entry is the nearest by negated distance.
        NearCandidates[] far = new NearCandidates[images];
        Arrays.setAll(far, i -> new NearCandidates(1, distances.tolerance(i)));
        distances.scan((i, from, width, part) -> collect(near[i], far[i], from, width, part));
        IntStream.range(0, images).parallel().forEach(i -> {
            NearestQueue settled = near[i].settle(j -> distances.exact(i, j));
            nearest[i] = settled.entries();
            nearestSquares[i] = new double[settled.size()];
            Arrays.setAll(nearestSquares[i], rank -> distances.distance(settled.distance(rank)));
            double max = distances.distance(
                    -far[i].settle(j -> -distances.exact(i, j)).distance(0));
            // If all images are identical every distance is 0; divide by 1.
            farthest[i] = max == 0 ? 1 : max;
        });
    }

    /** Finds the {@code count} nearest images of each image. Ties are ordered by index. */
    static Neighbours of(Rows all, DistanceMetric metric, int count, long blockBytes) {
        return new Neighbours(BoundedUnitDistances.within(all, metric, blockBytes, Products.fastest()), count);
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

    /** Returns the {@code rank}-th nearest image to image {@code i}, counted from 0. */
    int nearest(int i, int rank) {
        return nearest[i][rank];
    }

    /** Returns the largest distance in row and column {@code i}. */
    double farthest(int i) {
        return farthest[i];
    }

    /** Returns the squared distance of two images, divided by the largest of image {@code i}. */
    double relative(int i, int j) {
        return known(i, j) / farthest[i];
    }

    /** Looks the distance up in the list of either image, because computing it from two features takes longer. */
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

    /**
     * Returns the k-reciprocal neighbours of image {@code i}, and itself: those of its k nearest that have it among
     * theirs, nearest first.
     */
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
