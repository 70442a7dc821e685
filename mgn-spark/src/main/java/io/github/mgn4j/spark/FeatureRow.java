package io.github.mgn4j.spark;

import io.github.mgn4j.features.FeatureException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** A row of {@link FeatureRows}, decoded. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FeatureRow(
        String path, @Nullable Integer pid, @Nullable Integer camid, String model, float[] features) {
    private static final int PATH = 0;
    private static final int PID = 1;
    private static final int CAMID = 2;
    private static final int MODEL = 3;
    private static final int FEATURES = 4;

    /** Returns the columns in the order in which {@link #of} reads them. */
    static Dataset<Row> columns(Dataset<Row> rows) {
        return rows.select(
                FeatureRows.PATH, FeatureRows.PID, FeatureRows.CAMID, FeatureRows.MODEL, FeatureRows.FEATURES);
    }

    /**
     * Reads a row.
     *
     * @throws FeatureException if it has no path or no features, or they contain NaN or infinity
     */
    static FeatureRow of(Row row) {
        String path = row.getString(PATH);
        if (path == null) {
            throw new FeatureException("a row has no path, expected one for every row");
        }
        if (row.isNullAt(FEATURES)) {
            throw new FeatureException(path + " has no features; leave out such rows: where features is not null");
        }
        List<Float> list = row.getList(FEATURES);
        float[] features = new float[list.size()];
        int i = 0;
        for (float value : list) {
            if (!Float.isFinite(value)) {
                throw new FeatureException(
                        "%s has the value %s at %d, expected finite features".formatted(path, value, i));
            }
            features[i++] = value;
        }
        if (features.length == 0) {
            throw new FeatureException(path + " has features of length 0");
        }
        return new FeatureRow(
                path,
                row.isNullAt(PID) ? null : row.getInt(PID),
                row.isNullAt(CAMID) ? null : row.getInt(CAMID),
                row.isNullAt(MODEL) ? "" : row.getString(MODEL),
                features);
    }

    /**
     * Compares with another row of the same table.
     *
     * @throws FeatureException if the features differ in length, or in the model that they are of
     */
    void checkLike(String otherPath, int dims, String otherModel) {
        if (features.length != dims) {
            throw new FeatureException(
                    "%s has %d features, %s has %d".formatted(path, features.length, otherPath, dims));
        }
        if (!model.equals(otherModel)) {
            throw new FeatureException("%s is of the model with SHA-256 '%s', %s of '%s': extract both with one model"
                    .formatted(path, model, otherPath, otherModel));
        }
    }
}
