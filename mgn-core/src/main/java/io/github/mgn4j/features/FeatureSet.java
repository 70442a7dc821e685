package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import java.io.IOException;
import java.nio.file.Path;

/** Features and the images they are of; row i of one is row i of the other. Immutable. */
public record FeatureSet(FeatureMatrix features, FeatureTable table) {
    public FeatureSet {
        check(
                features.rows() == table.size(),
                "%d rows of features, but %d rows in the table",
                features.rows(),
                table.size());
    }

    /**
     * Reads {@code F.npy} and {@code F.csv} beside it.
     *
     * @throws FeatureException if one of them is not what it should be or they differ in length
     * @throws IOException if one of them cannot be read
     */
    public static FeatureSet read(Path npy) throws IOException {
        FeatureMatrix features = NpyFile.read(npy);
        Path csv = FeatureTable.beside(npy);
        FeatureTable table = FeatureTable.read(csv);
        check(
                features.rows() == table.size(),
                "%s: has %d rows, expected %d as in %s",
                csv,
                table.size(),
                features.rows(),
                npy);
        return new FeatureSet(features, table);
    }

    /**
     * Writes {@code F.npy} and {@code F.csv} beside it.
     *
     * @throws IOException if one of them cannot be written
     */
    public void write(Path npy) throws IOException {
        table.write(FeatureTable.beside(npy));
        NpyFile.write(npy, features);
    }
}
