package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Distances at which the false accept rate rises in steps of a few percent: exact values of the different-person pairs
 * of some queries, from the nearest pair to beyond a false accept rate of 10%.
 */
final class PairEdges {
    private static final int QUERIES = 64;
    private static final double LARGEST_RATE = 0.15;
    private static final double STEP = 1.04;

    private PairEdges() {}

    /**
     * Returns the edges, ascending, as {@linkplain BoundedFeatureDistances#square squares}; a negative edge is below
     * every distance.
     */
    static double[] choose(LabelledFeatures query, Candidates gallery, DistanceMetric metric, long blockBytes) {
        int count = query.labels().size();
        int[] some = IntStream.range(0, Math.min(QUERIES, count))
                .map(i -> (int) ((long) i * count / Math.min(QUERIES, count)))
                .toArray();
        Labels labels = query.labels().select(some);
        Rows features = Rows.of(query.features(), some);
        BoundedFeatureDistances sample =
                new BoundedFeatureDistances(features, gallery.features(), metric, blockBytes, Products.float32());
        int people = gallery.labels().size();
        float[] values = new float[Math.multiplyExact(some.length, people)];
        sample.scan((q, from, width, near) -> {
            for (int j = 0; j < width; j++) {
                boolean same = gallery.labels().pid(from + j) == labels.pid(q);
                values[q * people + from + j] = same ? Float.POSITIVE_INFINITY : near[j];
            }
        });
        float[] sorted = values.clone();
        Arrays.parallelSort(sorted);
        int pairs = sorted.length;
        while (pairs > 0 && sorted[pairs - 1] == Float.POSITIVE_INFINITY) {
            pairs--;
        }
        if (pairs == 0) {
            return new double[] {0};
        }
        int lastRank = (int) Math.ceil(LARGEST_RATE * pairs);
        double tolerance = IntStream.range(0, some.length)
                .mapToDouble(sample::tolerance)
                .max()
                .orElse(0);
        double limit = sorted[lastRank - 1] + 2 * tolerance;
        double[] exact = IntStream.range(0, values.length)
                .parallel()
                .filter(i -> values[i] <= limit)
                .mapToDouble(i -> sample.square(sample.exact(i / people, i % people)))
                .toArray();
        Arrays.parallelSort(exact);
        // An edge below all, for same-person pairs nearer than any two people of these queries.
        DoubleStream below = DoubleStream.of(Math.nextDown(exact[0]));
        DoubleStream edges = ranks(pairs, lastRank).stream().mapToDouble(rank -> exact[rank - 1]);
        return DoubleStream.concat(below, edges).distinct().toArray();
    }

    /** Returns, ascending, the ranks that the targets allow among {@code pairs} pairs, and steps between them. */
    private static SortedSet<Integer> ranks(int pairs, int last) {
        SortedSet<Integer> ranks = new TreeSet<>();
        for (double rank = 1; rank <= last; rank = Math.max(rank + 1, rank * STEP)) {
            ranks.add((int) rank);
        }
        for (double target : Verifier.FALSE_ACCEPT_RATES) {
            ranks.add(Math.max(1, (int) (target * pairs)));
        }
        return ranks;
    }
}
