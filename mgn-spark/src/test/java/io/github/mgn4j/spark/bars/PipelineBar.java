package io.github.mgn4j.spark.bars;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.spark.EvaluateJob;
import io.github.mgn4j.spark.FeatureRows;
import io.github.mgn4j.spark.FeatureTransformer;
import io.github.mgn4j.spark.GalleryBuilder;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Brings many small rows through the whole pipeline, with an engine that has no network: features into Parquet, evaluation of
 * {@value #QUERIES} queries against all rows, {@code .npy} with its CSV, and a gallery. Prints a Markdown table.
 *
 * <p>Arguments: an empty folder, the number of rows, and optionally the stages to leave out, such as {@code gallery}.
 */
public final class PipelineBar {
    private static final int QUERIES = 100;
    private static final int ROWS_PER_PARTITION = 50_000;
    private static final int BATCH = 256;

    private PipelineBar() {}

    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        long rows = Long.parseLong(args[1]);
        String without = args.length > 2 ? args[2] : "";
        SparkSession spark = SparkSession.builder().appName("pipeline").getOrCreate();
        Path model = folder.resolve("fake.safetensors");
        ModelFile.save(model, RandomModels.of(FakeEngine.SPEC, 1));
        String parquet = folder.resolve("features.parquet").toString();
        FeatureTransformer transformer = new FeatureTransformer()
                .setModel(model.toString())
                .setEngine(SmallEngineProvider.NAME)
                .setFlip(false)
                .setBatch(BATCH);
        Stages stages = new Stages();
        System.out.printf(
                "Spark %s, %s, %d rows%n", spark.version(), spark.sparkContext().master(), rows);
        Stages.header();
        stages.run("features to Parquet", rows, () -> {
            Dataset<Row> images = SmallImages.rows(spark, rows, (int) Math.max(2, rows / ROWS_PER_PARTITION));
            FeatureRows.of(transformer.transform(images), transformer, "/")
                    .write()
                    .parquet(parquet);
            return rows;
        });
        Dataset<Row> table = spark.read().parquet(parquet);
        Dataset<Row> queries = table.where(functions
                .col(FeatureRows.CAMID)
                .equalTo(0)
                .and(functions.col(FeatureRows.PID).lt(QUERIES)));
        ReidMetrics metrics = stages.run(
                "evaluation", rows, () -> new EvaluateJob(DistanceMetric.EUCLIDEAN).evaluate(queries, table));
        GalleryBuilder builder = new GalleryBuilder(table);
        long written = rows;
        if (!without.contains("npy")) {
            written = stages.run(".npy and CSV", rows, () -> builder.writeNpy(folder.resolve("F.npy")));
        }
        long added = rows;
        if (!without.contains("gallery")) {
            added = stages.run("gallery", rows, () -> {
                try (Gallery gallery = Gallery.openOrCreate(
                        folder.resolve("gallery"), SmallEngineProvider.DIMS, DistanceMetric.EUCLIDEAN)) {
                    return builder.addTo(gallery);
                }
            });
        }
        long stored = table.count();
        spark.stop();
        System.out.printf(
                Locale.ROOT, "%d queries: rank-1 %.4f, mAP %.4f%n", metrics.queries(), metrics.rank1(), metrics.mAP());
        if (written != rows || added != rows || stored != rows) {
            throw new IllegalStateException("%d rows were expected, found %d in .npy, %d in the gallery, %d in Parquet"
                    .formatted(rows, written, added, stored));
        }
    }
}
