package io.github.mgn4j.eval;

import java.util.Arrays;

/** Distances to a part of a gallery, given as distances to the whole; entries that are not in it are infinitely far. */
final class SpreadDistances implements Distances {
    private final Distances part;
    private final int[] columns;
    private final int gallery;

    /** @param columns the column in the whole of each column of the part */
    SpreadDistances(Distances part, int[] columns, int gallery) {
        this.part = part;
        this.columns = columns;
        this.gallery = gallery;
    }

    @Override
    public int queries() {
        return part.queries();
    }

    @Override
    public int gallery() {
        return gallery;
    }

    @Override
    public void compute(int from, double[][] into) {
        double[][] rows = new double[into.length][columns.length];
        part.compute(from, rows);
        for (int q = 0; q < rows.length; q++) {
            Arrays.fill(into[q], Double.POSITIVE_INFINITY);
            for (int j = 0; j < columns.length; j++) {
                into[q][columns[j]] = rows[q][j];
            }
        }
    }
}
