package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Each image as weights of its expanded k-reciprocal neighbours: sections 3.2 to 3.4 of the article. */
final class ReciprocalEncoding {
    private final Neighbours neighbours;
    private final int k1;
    private final int k2;

    ReciprocalEncoding(Neighbours neighbours, int k1, int k2) {
        this.neighbours = neighbours;
        this.k1 = k1;
        this.k2 = k2;
    }

    SparseRow[] encode() {
        SparseRow[] rows = IntStream.range(0, neighbours.size())
                .parallel()
                .mapToObj(this::encode)
                .toArray(SparseRow[]::new);
        if (k2 == 1) {
            return rows;
        }
        return IntStream.range(0, rows.length)
                .parallel()
                .mapToObj(i -> expandQuery(rows, i))
                .toArray(SparseRow[]::new);
    }

    private SparseRow encode(int i) {
        int[] columns = expandedNeighbours(i);
        double[] weights = new double[columns.length];
        double sum = 0;
        for (int c = 0; c < columns.length; c++) {
            weights[c] = Math.exp(-neighbours.relative(i, columns[c]));
            sum += weights[c];
        }
        for (int c = 0; c < columns.length; c++) {
            weights[c] /= sum;
        }
        return new SparseRow(columns, weights);
    }

    /** Returns the expanded neighbourhood R*, ascending. */
    private int[] expandedNeighbours(int i) {
        int[] core = neighbours.reciprocal(i, k1);
        int[] sorted = core.clone();
        Arrays.sort(sorted);
        int half = (int) Math.rint(k1 / 2.0);
        IntStream expanded = IntStream.of(core);
        for (int candidate : core) {
            int[] theirs = neighbours.reciprocal(candidate, half);
            long common = IntStream.of(theirs)
                    .filter(j -> Arrays.binarySearch(sorted, j) >= 0)
                    .count();
            if (common > 2.0 / 3 * theirs.length) {
                expanded = IntStream.concat(expanded, IntStream.of(theirs));
            }
        }
        return expanded.sorted().distinct().toArray();
    }

    /** Applies local query expansion. */
    private SparseRow expandQuery(SparseRow[] rows, int i) {
        List<SparseRow> nearest = IntStream.range(0, k2)
                .mapToObj(rank -> rows[neighbours.nearest(i, rank)])
                .toList();
        return SparseRow.mean(nearest);
    }
}
