package io.github.mgn4j.spark;

import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Decodes rows and compares each with the first: its dims and its model. */
final class CheckedRows implements Iterator<FeatureRow> {
    private final Iterator<Row> rows;
    private @Nullable FeatureRow first;

    CheckedRows(Iterator<Row> rows) {
        this.rows = rows;
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public FeatureRow next() {
        FeatureRow row = FeatureRow.of(rows.next());
        if (first == null) {
            first = row;
        }
        row.checkLike(first.path(), first.features().length, first.model());
        return row;
    }
}
