package io.github.mgn4j.spark;

import io.github.mgn4j.features.FeatureException;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Brings a table of features ({@link FeatureRows}) to the driver: into a gallery, or into a {@code .npy} file with its CSV. Rows are
 * fetched one partition at a time in order of their paths, by UTF-8 bytes, which is the order of {@code ./mgn extract}. Rows of several models
 * are refused. Not thread-safe.
 */
public final class GalleryBuilder {
    private static final int ENTRIES = 1024;

    private final Dataset<Row> rows;

    /**
     * Creates a builder.
     *
     * @param rows a dataset with the columns of {@link FeatureRows}, such as a Parquet folder
     */
    public GalleryBuilder(Dataset<Row> rows) {
        this.rows = FeatureRow.columns(rows).sort(FeatureRows.PATH);
    }

    /**
     * Adds all rows to a gallery and commits them once, at the end. A path that the gallery has already is replaced.
     *
     * @return the number of rows
     * @throws FeatureException if a row has no features, or other ones than the rows before it
     * @throws io.github.mgn4j.gallery.GalleryException if the gallery has other dims
     * @throws IOException if the gallery cannot be written
     */
    public long addTo(Gallery gallery) throws IOException {
        List<GalleryEntry> entries = new ArrayList<>();
        List<float[]> features = new ArrayList<>();
        long added = 0;
        for (Iterator<FeatureRow> all = new CheckedRows(rows.toLocalIterator()); all.hasNext(); ) {
            FeatureRow row = all.next();
            entries.add(GalleryEntry.of(new FeatureTable.Entry(row.path(), row.pid(), row.camid())));
            features.add(row.features());
            added++;
            if (entries.size() == ENTRIES || !all.hasNext()) {
                gallery.addAll(entries, FeatureMatrix.ofRows(features.toArray(float[][]::new)));
                entries.clear();
                features.clear();
            }
        }
        gallery.commit();
        return added;
    }

    /**
     * Writes {@code F.npy} and {@code F.csv} beside it. Either both files appear or neither.
     *
     * @return the number of rows
     * @throws FeatureException if there are no rows, or a row has no features, or other ones than the rows before it
     * @throws IOException if a file cannot be written
     */
    public int writeNpy(Path npy) throws IOException {
        Iterator<FeatureRow> all = new CheckedRows(rows.toLocalIterator());
        if (!all.hasNext()) {
            throw new FeatureException("there are no rows, expected one at least");
        }
        FeatureRow first = all.next();
        return FeatureSet.writeRows(npy, first.features().length, sink -> {
            sink.append(new FeatureTable.Entry(first.path(), first.pid(), first.camid()), first.features());
            while (all.hasNext()) {
                FeatureRow row = all.next();
                sink.append(new FeatureTable.Entry(row.path(), row.pid(), row.camid()), row.features());
            }
        });
    }
}
