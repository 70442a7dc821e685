package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import io.github.mgn4j.internal.io.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Features and their images: row i of the matrix belongs to row i of the table. Immutable.
 *
 * @param features the features, one row per image
 * @param table the images, one row per feature
 */
public record FeatureSet(FeatureMatrix features, FeatureTable table) {
    public FeatureSet {
        check(
                features.rows() == table.size(),
                "%d rows of features, but %d rows in the table",
                features.rows(),
                table.size());
    }

    /** Receives images and their features, one by one. */
    @FunctionalInterface
    public interface RowSink {
        /** Appends one row; {@code features} is written before this method returns. */
        void append(FeatureTable.Entry image, float[] features) throws IOException;
    }

    /** Produces images and their features. */
    @FunctionalInterface
    public interface RowSource {
        /** Passes all rows to the sink, in order. */
        void writeTo(RowSink sink) throws IOException;
    }

    /**
     * Reads {@code F.npy} and the {@code F.csv} beside it.
     *
     * @throws FeatureException if a file is not valid, they differ in length, or the features were written with the paths of
     *     another table
     * @throws IOException if a file cannot be read
     */
    public static FeatureSet read(Path npy) throws IOException {
        NpyFile.Marked file = NpyFile.readMarked(npy);
        FeatureMatrix features = file.features();
        Path csv = FeatureTable.beside(npy);
        FeatureTable table = FeatureTable.read(csv);
        check(
                features.rows() == table.size(),
                "%s: has %d rows, expected %d as in %s",
                csv,
                table.size(),
                features.rows(),
                npy);
        check(
                file.mark() == 0 || file.mark() == table.mark(),
                "%s: its paths are not those that %s was written with: one of the two belongs to another extraction;"
                        + " extract both again",
                csv,
                npy);
        return new FeatureSet(features, table);
    }

    /**
     * Writes {@code F.npy} and {@code F.csv} beside it. Either both files appear or neither.
     *
     * @throws IOException if a file cannot be written
     */
    public void write(Path npy) throws IOException {
        writeRows(npy, features.dims(), sink -> {
            for (int i = 0; i < table.size(); i++) {
                sink.append(table.entries().get(i), features.row(i));
            }
        });
    }

    /**
     * Writes {@code F.npy} and {@code F.csv} beside it row by row, and holds one row at a time. Both files appear when the
     * source returns, or neither. The feature file contains a checksum of the table's paths, so that {@link #read} detects if
     * one of the two files was replaced.
     *
     * @return the number of rows
     * @throws IllegalArgumentException from the sink if a row does not have length {@code dims}
     * @throws IOException if a file cannot be written, or from the source
     */
    public static int writeRows(Path npy, int dims, RowSource source) throws IOException {
        NpyFile.checkDims(dims);
        try (OutputFiles files = new OutputFiles()) {
            TableWriter table = new TableWriter();
            files.writeChannel(npy, channel -> {
                NpyFile.Rows rows = new NpyFile.Rows(channel, NpyHeader.writeMarked(0, dims, 0), dims);
                files.write(FeatureTable.beside(npy), out -> {
                    table.begin(out);
                    source.writeTo((image, features) -> {
                        rows.append(features);
                        table.append(image, out);
                    });
                });
                rows.finish(NpyHeader.writeMarked(table.rows(), dims, table.mark()));
            });
            files.publish();
            return table.rows();
        }
    }
}
