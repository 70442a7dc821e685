package io.github.mgn4j.eval;

/** The Jaccard distance of the images' encodings, mixed with their original distance, for whole rows. */
final class ReRankedDistances implements Distances {
    private final Distances original;
    private final double scale;
    private final Neighbours neighbours;
    private final JaccardDistances jaccard;
    private final double lambda;

    /**
     * Mixes distances.
     *
     * @param scale what an original distance is multiplied by to be a squared one; a power of two
     */
    ReRankedDistances(
            Distances original, double scale, Neighbours neighbours, JaccardDistances jaccard, double lambda) {
        this.original = original;
        this.scale = scale;
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
    public void compute(int from, double[][] into) {
        original.compute(from, into);
        for (int i = 0; i < into.length; i++) {
            double[] row = into[i];
            double farthest = neighbours.farthest(from + i);
            SparseRow near = jaccard.row(from + i);
            int next = 0;
            for (int g = 0; g < row.length; g++) {
                boolean overlaps = next < near.size() && near.column(next) == g;
                row[g] = mix(overlaps ? near.value(next++) : 1, scale * row[g] / farthest, lambda);
            }
        }
    }

    static double mix(double jaccard, double original, double lambda) {
        return jaccard * (1 - lambda) + original * lambda;
    }
}
