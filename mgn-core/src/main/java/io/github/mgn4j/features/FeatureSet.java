package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import io.github.mgn4j.internal.io.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Features and the images they are of; row i of one is row i of the other. Immutable. */
public record FeatureSet(FeatureMatrix features, FeatureTable table) {
    public FeatureSet {
        check(
                features.rows() == table.size(),
                "%d rows of features, but %d rows in the table",
                features.rows(),
                table.size());
    }

    /** Receives images and their features, one after the other. */
    @FunctionalInterface
    public interface RowSink {
        void append(FeatureTable.Entry image, float[] features) throws IOException;
    }

    /** Produces images and their features. */
    @FunctionalInterface
    public interface RowSource {
        void writeTo(RowSink sink) throws IOException;
    }

    /**
     * Reads {@code F.npy} and {@code F.csv} beside it.
     *
     * @throws FeatureException if one of them is not what it should be, they differ in length, or the features were written
     *     with the paths of another table
     * @throws IOException if one of them cannot be read
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
     * Writes {@code F.npy} and {@code F.csv} beside it; both appear or neither.
     *
     * @throws IOException if one of them cannot be written
     */
    public void write(Path npy) throws IOException {
        writeRows(npy, features.dims(), sink -> {
            for (int i = 0; i < table.size(); i++) {
                sink.append(table.entries().get(i), features.row(i));
            }
        });
    }

    /**
     * Writes {@code F.npy} and {@code F.csv} beside it as rows come, without holding the features. Both appear when the source
     * returns, or neither. The features bear a checksum of the table's paths, so that {@link #read} finds out when one of the
     * two files has been replaced.
     *
     * @return the table
     * @throws IllegalArgumentException from the sink if a row is not {@code dims} long
     * @throws IOException if one of them cannot be written, or from the source
     */
    public static FeatureTable writeRows(Path npy, int dims, RowSource source) throws IOException {
        NpyFile.checkDims(dims);
        List<FeatureTable.Entry> entries = new ArrayList<>();
        try (OutputFiles files = new OutputFiles()) {
            files.writeChannel(npy, channel -> {
                NpyFile.Rows rows = new NpyFile.Rows(channel, NpyHeader.writeMarked(0, dims, 0), dims);
                source.writeTo((image, features) -> {
                    rows.append(features);
                    entries.add(image);
                });
                rows.finish(NpyHeader.writeMarked(entries.size(), dims, new FeatureTable(entries).mark()));
            });
            FeatureTable table = new FeatureTable(entries);
            files.writeString(FeatureTable.beside(npy), table.text());
            files.publish();
            return table;
        }
    }
}
