package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The nonzero entries of a row, by ascending column. Immutable. */
final class SparseRow {
    private final int[] columns;
    private final double[] values;

    /**
     * Creates a row.
     *
     * @param columns strictly ascending
     */
    SparseRow(int[] columns, double[] values) {
        this.columns = columns;
        this.values = values;
    }

    int size() {
        return columns.length;
    }

    int column(int i) {
        return columns[i];
    }

    double value(int i) {
        return values[i];
    }

    /** Returns the position of the first entry whose column is {@code column} or above. */
    int find(int column) {
        int at = Arrays.binarySearch(columns, column);
        return at >= 0 ? at : -at - 1;
    }

    static SparseRow mean(List<SparseRow> rows) {
        int[] columns = rows.stream()
                .flatMapToInt(row -> IntStream.of(row.columns))
                .sorted()
                .distinct()
                .toArray();
        double[] values = new double[columns.length];
        for (SparseRow row : rows) {
            for (int i = 0; i < row.size(); i++) {
                values[Arrays.binarySearch(columns, row.columns[i])] += row.values[i];
            }
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= rows.size();
        }
        return new SparseRow(columns, values);
    }
}
