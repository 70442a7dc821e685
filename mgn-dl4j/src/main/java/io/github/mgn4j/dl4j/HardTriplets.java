package io.github.mgn4j.dl4j;

import io.github.mgn4j.loss.TripletLoss;
import java.util.Arrays;

/**
 * The batch-hard triplets of one batch: for each anchor the farthest image of its identity and the nearest of another. Distances
 * are sums of squared differences in float64, so that nearly equal vectors do not lose their distance to rounding.
 */
final class HardTriplets {
    /** The identity of an image that takes no part. */
    static final int MASKED = -1;

    private static final int NONE = -1;
    private static final double MIN_DISTANCE = Math.sqrt(TripletLoss.MIN_SQUARED_DISTANCE);

    private final double[][] vectors;
    private final int[] identities;
    private final TripletLoss loss;
    private final int[] positives;
    private final int[] negatives;
    /** The distance to the hardest positive less the distance to the hardest negative; unused for invalid anchors. */
    private final double[] gaps;

    /**
     * Finds the triplets.
     *
     * @param vectors {@code [batch, dims]}
     * @param identities the class of each image, or {@link #MASKED}
     */
    HardTriplets(double[][] vectors, int[] identities, TripletLoss loss) {
        this.vectors = vectors;
        this.identities = identities;
        this.loss = loss;
        positives = new int[vectors.length];
        negatives = new int[vectors.length];
        gaps = new double[vectors.length];
        Arrays.fill(positives, NONE);
        Arrays.fill(negatives, NONE);
        double[][] distances = distances();
        for (int anchor = 0; anchor < vectors.length; anchor++) {
            find(anchor, distances[anchor]);
        }
    }

    private double[][] distances() {
        double[][] distances = new double[vectors.length][vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            for (int j = 0; j < i; j++) {
                distances[i][j] = distance(vectors[i], vectors[j]);
                distances[j][i] = distances[i][j];
            }
        }
        return distances;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return Math.sqrt(Math.max(sum, TripletLoss.MIN_SQUARED_DISTANCE));
    }

    private void find(int anchor, double[] distances) {
        for (int i = 0; i < distances.length && identities[anchor] != MASKED; i++) {
            if (i == anchor || identities[i] == MASKED) {
                continue;
            }
            // NaN counts as hardest, so that the loss of a network that diverged is not finite.
            if (identities[i] == identities[anchor]) {
                int best = positives[anchor];
                positives[anchor] = best == NONE || Double.compare(distances[i], distances[best]) > 0 ? i : best;
            } else {
                int best = negatives[anchor];
                boolean harder = best == NONE || distances[i] < distances[best] || Double.isNaN(distances[i]);
                negatives[anchor] = harder ? i : best;
            }
        }
        if (valid(anchor)) {
            gaps[anchor] = distances[positives[anchor]] - distances[negatives[anchor]];
        }
    }

    private boolean valid(int anchor) {
        return positives[anchor] != NONE && negatives[anchor] != NONE;
    }

    /**
     * Returns the number by which each anchor's loss counts, so that the sum over the anchors is the mean over the valid ones
     * times the batch size: DL4J divides scores and gradients by the batch size afterwards.
     */
    private double weight() {
        long anchors = 0;
        for (int anchor = 0; anchor < vectors.length; anchor++) {
            anchors += valid(anchor) ? 1 : 0;
        }
        return anchors == 0 ? 0 : (double) vectors.length / anchors;
    }

    /** Returns the weighted loss of each anchor {@code [batch]}; 0 for an anchor that is not valid. */
    double[] scores() {
        double weight = weight();
        double[] scores = new double[vectors.length];
        for (int anchor = 0; anchor < scores.length; anchor++) {
            scores[anchor] = valid(anchor) ? weight * value(gaps[anchor]) : 0;
        }
        return scores;
    }

    /** Returns the gradient of the sum of {@link #scores} with respect to the vectors: {@code [batch x dims]}. */
    double[] gradient() {
        double weight = weight();
        int dims = vectors.length == 0 ? 0 : vectors[0].length;
        double[] gradient = new double[vectors.length * dims];
        for (int anchor = 0; anchor < vectors.length; anchor++) {
            if (valid(anchor)) {
                double slope = weight * slope(gaps[anchor]);
                pull(anchor, positives[anchor], slope, gradient);
                pull(anchor, negatives[anchor], -slope, gradient);
            }
        }
        return gradient;
    }

    /** Adds the gradient of {@code slope} times the distance of two vectors. */
    private void pull(int a, int b, double slope, double[] gradient) {
        double distance = distance(vectors[a], vectors[b]);
        if (slope == 0 || distance <= MIN_DISTANCE) {
            return;
        }
        int dims = vectors[a].length;
        for (int d = 0; d < dims; d++) {
            double part = slope * (vectors[a][d] - vectors[b][d]) / distance;
            gradient[a * dims + d] += part;
            gradient[b * dims + d] -= part;
        }
    }

    private double value(double gap) {
        return loss.soft() ? Math.max(gap, 0) + Math.log1p(Math.exp(-Math.abs(gap))) : Math.max(gap + loss.margin(), 0);
    }

    private double slope(double gap) {
        if (loss.soft() || Double.isNaN(gap)) {
            return 1 / (1 + Math.exp(-gap));
        }
        return gap + loss.margin() > 0 ? 1 : 0;
    }
}
