package io.github.mgn4j.eval;

import java.util.Arrays;

/** The Jaccard distance of the images' encodings, mixed with their original distance. */
final class ReRankedDistances implements Distances {
    private final SquaredDistances original;
    private final Neighbours neighbours;
    private final SparseRow[] encoding;
    private final double lambda;

    /** For each image the gallery entries whose encoding has a weight there. */
    private final int[][] holders;

    private final double[][] holderWeights;

    /** @param encoding of the queries, then the gallery */
    ReRankedDistances(SquaredDistances original, Neighbours neighbours, SparseRow[] encoding, double lambda) {
        this.original = original;
        this.neighbours = neighbours;
        this.encoding = encoding;
        this.lambda = lambda;
        int[] counts = new int[encoding.length];
        for (int g = 0; g < original.gallery(); g++) {
            SparseRow row = encoding[original.queries() + g];
            for (int i = 0; i < row.size(); i++) {
                counts[row.column(i)]++;
            }
        }
        holders = new int[encoding.length][];
        holderWeights = new double[encoding.length][];
        for (int c = 0; c < counts.length; c++) {
            holders[c] = new int[counts[c]];
            holderWeights[c] = new double[counts[c]];
        }
        Arrays.fill(counts, 0);
        for (int g = 0; g < original.gallery(); g++) {
            SparseRow row = encoding[original.queries() + g];
            for (int i = 0; i < row.size(); i++) {
                int c = row.column(i);
                holders[c][counts[c]] = g;
                holderWeights[c][counts[c]++] = row.value(i);
            }
        }
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
        double[] common = new double[gallery()];
        for (int i = 0; i < into.length; i++) {
            int query = from + i;
            Arrays.fill(common, 0);
            SparseRow weights = encoding[query];
            for (int w = 0; w < weights.size(); w++) {
                int c = weights.column(w);
                for (int h = 0; h < holders[c].length; h++) {
                    common[holders[c][h]] += Math.min(weights.value(w), holderWeights[c][h]);
                }
            }
            double[] row = into[i];
            for (int g = 0; g < row.length; g++) {
                double jaccard = 1 - common[g] / (2 - common[g]);
                row[g] = jaccard * (1 - lambda) + row[g] / neighbours.farthest(query) * lambda;
            }
        }
    }
}
