package io.github.mgn4j.eval;

/**
 * The Jaccard distance of the images' encodings, mixed with their original distance, which is squared and divided by
 * the query's largest. Original distances are computed again, not stored.
 */
final class BoundedReRankedDistances implements BoundedDistances {
    private final BoundedDistances original;
    private final Neighbours neighbours;
    private final JaccardDistances jaccard;
    private final double lambda;

    BoundedReRankedDistances(
            BoundedDistances original, Neighbours neighbours, JaccardDistances jaccard, double lambda) {
        this.original = original;
        this.neighbours = neighbours;
        this.jaccard = jaccard;
        this.lambda = lambda;
    }

    @Override
    public int queries() {
        return original.queries();
    }

    @Override
    public int gallery() {
        return original.gallery();
    }

    @Override
    public double exact(int query, int entry) {
        double relative =
                lambda == 0 ? 0 : original.distance(original.exact(query, entry)) / neighbours.farthest(query);
        return mix(jaccard.get(query, entry), relative, lambda);
    }

    private static double mix(double jaccard, double original, double lambda) {
        return jaccard * (1 - lambda) + original * lambda;
    }

    @Override
    public void compute(int from, double[][] into) {
        original.compute(from, into);
        for (int i = 0; i < into.length; i++) {
            double[] row = into[i];
            double farthest = neighbours.farthest(from + i);
            SparseRow near = jaccard.row(from + i);
            int next = 0;
            for (int g = 0; g < row.length; g++) {
                boolean overlaps = next < near.size() && near.column(next) == g;
                row[g] = mix(overlaps ? near.value(next++) : 1, row[g] / farthest, lambda);
            }
        }
    }

    /** Returns the factor from a query's original exact values to their share of the mixed distance. */
    private double factor(int query) {
        return original.distance(1) / neighbours.farthest(query) * lambda;
    }

    @Override
    public float tolerance(int query) {
        return tolerance(query, original.tolerance(query));
    }

    @Override
    public float tolerance(int query, int entry) {
        return tolerance(query, original.tolerance(query, entry));
    }

    private float tolerance(int query, float ofOriginal) {
        // Values lie in 0..1 and are rounded a few times.
        return (float) (1.01 * factor(query) * ofOriginal + 0x1p-21);
    }

    @Override
    public BoundedDistances sharp() {
        BoundedDistances sharp = original.sharp();
        return sharp == original ? this : new BoundedReRankedDistances(sharp, neighbours, jaccard, lambda);
    }

    @Override
    public double distance(double exact) {
        return exact;
    }

    @Override
    public void scan(PartConsumer consumer) {
        original.scan((query, from, width, near) -> {
            float factor = (float) factor(query);
            float rest = (float) (1 - lambda);
            for (int j = 0; j < width; j++) {
                near[j] = rest + factor * near[j];
            }
            SparseRow row = jaccard.row(query);
            for (int i = row.find(from); i < row.size() && row.column(i) < from + width; i++) {
                near[row.column(i) - from] -= (float) ((1 - lambda) * (1 - row.value(i)));
            }
            consumer.accept(query, from, width, near);
        });
    }
}
