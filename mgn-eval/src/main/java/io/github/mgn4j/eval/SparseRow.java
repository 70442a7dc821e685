package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The entries of a row that are not zero, by ascending column. Immutable. */
final class SparseRow {
    private final int[] columns;
    private final double[] values;

    /** @param columns ascending, each once */
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

    /** Where the first entry stands whose column is {@code column} or above. */
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
