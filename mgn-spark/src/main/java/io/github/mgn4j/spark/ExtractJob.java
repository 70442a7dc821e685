package io.github.mgn4j.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A job for {@code spark-submit}: extracts the features of a folder of images into Parquet, with the columns of {@link FeatureRows}.
 *
 * <pre>{@code
 * spark-submit --class io.github.mgn4j.spark.ExtractJob ... --model M --images DIR --out PARQUET
 *     [--npy F.npy] [--engine E] [--precision P] [--batch N] [--on-error fail|skip]
 * }</pre>
 *
 * <p>Sub-folders are included. With {@code --npy} the driver writes the features as a {@code .npy} file, too.
 */
public final class ExtractJob {
    private static final Set<String> OPTIONS =
            Set.of("--model", "--images", "--out", "--npy", "--engine", "--precision", "--batch", "--on-error");
    /** The suffixes that {@code ./mgn extract} reads, in any case. */
    private static final String IMAGES = "*.{[jJ][pP][gG],[jJ][pP][eE][gG],[pP][nN][gG],[bB][mM][pP]}";

    private ExtractJob() {}

    /**
     * Runs the job in the session that the launcher configures.
     *
     * @throws IllegalArgumentException if an option is unknown, missing or has no such value
     * @throws IOException if the {@code .npy} file cannot be written
     */
    public static void main(String[] args) throws IOException {
        Map<String, String> options = parse(args);
        FeatureTransformer transformer = transformer(options);
        SparkSession spark = SparkSession.builder().appName("mgn4j extract").getOrCreate();
        try {
            run(spark, transformer, options);
        } finally {
            spark.stop();
        }
    }

    static void run(SparkSession spark, FeatureTransformer transformer, Map<String, String> options)
            throws IOException {
        String folder = required(options, "--images");
        String out = required(options, "--out");
        Dataset<Row> files = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .option("pathGlobFilter", IMAGES)
                .load(folder);
        FeatureRows.of(transformer.transform(files.select("path", "content")), transformer, folder)
                .where(functions.col(FeatureRows.FEATURES).isNotNull())
                .write()
                .parquet(out);
        String npy = options.get("--npy");
        if (npy != null) {
            new GalleryBuilder(spark.read().parquet(out)).writeNpy(Path.of(npy));
        }
    }

    static FeatureTransformer transformer(Map<String, String> options) {
        FeatureTransformer transformer = new FeatureTransformer().setModel(required(options, "--model"));
        options.forEach((name, value) -> {
            switch (name) {
                case "--engine" -> transformer.setEngine(value);
                case "--precision" -> transformer.setPrecision(value);
                case "--batch" -> transformer.setBatch(number(value));
                case "--on-error" -> transformer.setOnError(onError(value));
                default -> {}
            }
        });
        return transformer;
    }

    static Map<String, String> parse(String... args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i])) {
                throw new IllegalArgumentException(
                        "there is no option %s, expected one of %s".formatted(args[i], new TreeSet<>(OPTIONS)));
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " has no value");
            }
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--batch must be a number, not " + value, e);
        }
    }

    /** Returns the action; an error column has no place in a table of features. */
    private static String onError(String value) {
        if (!value.equals(FeatureTransformer.FAIL) && !value.equals(FeatureTransformer.SKIP)) {
            throw new IllegalArgumentException("--on-error must be fail or skip, not " + value);
        }
        return value;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
