package io.github.mgn4j.spark;

import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * The columns of features at rest, such as in Parquet: {@value #PATH} (string, relative to the folder of images), {@value #PID} and
 * {@value #CAMID} (int, null if unknown), {@value #MODEL} (string, the SHA-256 of the model file) and {@value #FEATURES}
 * ({@code array<float>}).
 */
public final class FeatureRows {
    /** The column of the image's path. */
    public static final String PATH = "path";
    /** The column of the person. */
    public static final String PID = "pid";
    /** The column of the camera. */
    public static final String CAMID = "camid";
    /** The column of the model's checksum. */
    public static final String MODEL = "model";
    /** The column of the features. */
    public static final String FEATURES = "features";

    private FeatureRows() {}

    /**
     * Returns the five columns of what a transformer returned. Labels are the columns {@value #PID} and {@value #CAMID} where
     * there are any, else those in the file names as in Market-1501. Rows without features keep their place, with a null.
     *
     * @param features the result of {@link FeatureTransformer#transform}, with a column {@value #PATH}
     * @param transformer the transformer, whose features are arrays
     * @param folder the folder of the images, by any of Hadoop's names; a path outside it stays as it is
     * @throws UncheckedIOException if Hadoop has no such file system
     */
    public static Dataset<Row> of(Dataset<Row> features, FeatureTransformer transformer, String folder) {
        String root = root(features, folder);
        UDF1<String, String> relative = path -> path == null ? null : relative(root, path);
        Dataset<Row> rows = features.withColumn(
                PATH, functions.udf(relative, DataTypes.StringType).apply(functions.col(PATH)));
        UDF1<String, Integer> pid = path -> label(path).map(ReidImage::pid).orElse(null);
        UDF1<String, Integer> camid = path -> label(path).map(ReidImage::camid).orElse(null);
        rows = withLabel(withLabel(rows, PID, pid), CAMID, camid);
        return rows.select(
                functions.col(PATH),
                functions.col(PID),
                functions.col(CAMID),
                functions.lit(transformer.getModelChecksum()).as(MODEL),
                functions.col(transformer.getOutputCol()).as(FEATURES));
    }

    private static Dataset<Row> withLabel(Dataset<Row> rows, String column, UDF1<String, Integer> ofPath) {
        return Arrays.asList(rows.columns()).contains(column)
                ? rows.withColumn(column, functions.col(column).cast(DataTypes.IntegerType))
                : rows.withColumn(
                        column, functions.udf(ofPath, DataTypes.IntegerType).apply(functions.col(PATH)));
    }

    private static String root(Dataset<Row> features, String folder) {
        Path path = new Path(folder);
        try {
            return path.getFileSystem(features.sparkSession().sparkContext().hadoopConfiguration())
                    .makeQualified(path)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String relative(String root, String path) {
        String name = path;
        for (String prefix : new String[] {root, new Path(root).toUri().getPath()}) {
            String start = prefix.endsWith("/") ? prefix : prefix + "/";
            if (name.startsWith(start)) {
                name = name.substring(start.length());
            }
        }
        return name;
    }

    private static Optional<ReidImage> label(@Nullable String path) {
        return path == null
                ? Optional.empty()
                : MarketName.parse(java.nio.file.Path.of(""), path.substring(path.lastIndexOf('/') + 1));
    }
}
