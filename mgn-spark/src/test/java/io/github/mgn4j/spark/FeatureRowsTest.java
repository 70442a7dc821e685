package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureException;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.SearchOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureRowsTest {
    private static final int DIMS = 8;
    private static final StructType SCHEMA = new StructType()
            .add(FeatureRows.PATH, DataTypes.StringType)
            .add(FeatureRows.PID, DataTypes.IntegerType)
            .add(FeatureRows.CAMID, DataTypes.IntegerType)
            .add(FeatureRows.MODEL, DataTypes.StringType)
            .add(FeatureRows.FEATURES, DataTypes.createArrayType(DataTypes.FloatType));

    @TempDir
    Path folder;

    private static SparkSession spark;

    @BeforeAll
    static void session() {
        spark = LocalSpark.session();
    }

    private static Row row(String path, Integer pid, Integer camid, String model, float... features) {
        Float[] boxed = new Float[features.length];
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = features[i];
        }
        return RowFactory.create(path, pid, camid, model, boxed);
    }

    /** Returns rows with few values, so that many distances are equal, and with junk, distractors and unknown cameras. */
    private static List<Row> rows(String prefix, int count, int people, long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int pid = random.nextInt(people + 2) - 1;
            float[] features = new float[DIMS];
            for (int d = 0; d < DIMS; d++) {
                features[d] = random.nextInt(3) + (d == 0 ? pid % 3 : 0);
            }
            Integer camid = random.nextInt(10) == 0 ? null : Integer.valueOf(random.nextInt(4));
            rows.add(row("%s%05d".formatted(prefix, i), pid, camid, "m", features));
        }
        return rows;
    }

    private static Dataset<Row> dataset(List<Row> rows, int partitions) {
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(9));
        return spark.createDataFrame(shuffled, SCHEMA).repartition(partitions);
    }

    private static LabelledFeatures labelled(List<Row> rows) {
        List<FeatureTable.Entry> entries = new ArrayList<>();
        float[][] features = new float[rows.size()][DIMS];
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            entries.add(new FeatureTable.Entry(row.getString(0), (Integer) row.get(1), (Integer) row.get(2)));
            Float[] boxed = (Float[]) row.get(4);
            for (int d = 0; d < DIMS; d++) {
                features[i][d] = boxed[d];
            }
        }
        return LabelledFeatures.of(new FeatureSet(FeatureMatrix.ofRows(features), new FeatureTable(entries)));
    }

    @ParameterizedTest
    @CsvSource({"EUCLIDEAN, 1024, 1", "EUCLIDEAN, 17, 5", "COSINE, 1, 3", "COSINE, 60, 2"})
    void metricsAreTheEvaluators(DistanceMetric metric, int block, int partitions) {
        List<Row> query = rows("q", block == 1 ? 6 : 60, 12, 1);
        List<Row> gallery = rows("g", 700, 12, 2);
        Evaluation expected = new Evaluator(metric).evaluate(labelled(query), labelled(gallery));

        ReidMetrics found =
                new EvaluateJob(metric, block).evaluate(dataset(query, partitions), dataset(gallery, partitions));

        assertThat(found).isEqualTo(expected.metrics());
        assertThat(found.queriesWithoutMatch()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void whatCannotBeEvaluatedIsRefused() {
        Dataset<Row> one = dataset(List.of(row("a", 1, 1, "m", 1, 2)), 1);
        Dataset<Row> none = dataset(List.of(), 1);
        EvaluateJob job = new EvaluateJob(DistanceMetric.EUCLIDEAN);

        assertThatThrownBy(() -> job.evaluate(one, none))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("gallery has no rows");
        assertThatThrownBy(() -> job.evaluate(one, one)).hasMessageContaining("none of the 1 queries");
        assertThatThrownBy(() -> job.evaluate(dataset(List.of(row("b", null, 1, "m", 1, 2)), 1), one))
                .hasMessageContaining("b has no pid");
        assertThatThrownBy(() -> job.evaluate(one, dataset(List.of(row("c", 1, 2, "other", 1, 2)), 1)))
                .rootCause()
                .hasMessageContainingAll("c is of the model", "'other'");
        assertThatThrownBy(() -> job.evaluate(one, dataset(List.of(row("c", 1, 2, "m", 1, 2, 3)), 1)))
                .rootCause()
                .hasMessageContaining("c has 3 features, a has 2");
        assertThatThrownBy(() -> new EvaluateJob(DistanceMetric.COSINE, 0)).hasMessageContaining("queryBlock");
    }

    @Test
    void parquetBecomesAGalleryAndNpy() throws Exception {
        List<Row> rows = rows("g", 2500, 40, 3);
        String parquet = folder.resolve("features.parquet").toString();
        dataset(rows, 4).write().parquet(parquet);
        GalleryBuilder builder = new GalleryBuilder(spark.read().parquet(parquet));
        LabelledFeatures expected = labelled(rows);

        Path npy = folder.resolve("F.npy");
        assertThat(builder.writeNpy(npy)).isEqualTo(2500);

        FeatureSet read = FeatureSet.read(npy);
        FeatureTable table = read.table();
        assertThat(read.features()).isEqualTo(expected.features());
        assertThat(table.entries()).extracting(FeatureTable.Entry::path).isSorted();
        assertThat(table.entries().get(7).pid()).isEqualTo(rows.get(7).get(1));
        assertThat(table.entries().get(7).camid()).isEqualTo(rows.get(7).get(2));

        try (Gallery gallery = Gallery.openOrCreate(folder.resolve("gallery"), DIMS, DistanceMetric.EUCLIDEAN)) {
            assertThat(builder.addTo(gallery)).isEqualTo(2500);
            assertThat(builder.addTo(gallery)).isEqualTo(2500); // replaces each
            assertThat(gallery.size()).isEqualTo(2500);
        }
        try (Gallery gallery = Gallery.open(folder.resolve("gallery"))) {
            assertThat(gallery.size()).isEqualTo(2500);
            assertThat(gallery.search(expected.features().row(11), SearchOptions.nearest(1))
                            .get(0)
                            .distance())
                    .isZero();
        }
    }

    @Test
    void rowsThatDoNotFitAreRefused() {
        assertRefused("b has no features", row("a", 1, 1, "m", 1), RowFactory.create("b", 1, 1, "m", null));
        assertRefused("b has 2 features, a has 1", row("a", 1, 1, "m", 1), row("b", 1, 1, "m", 1, 2));
        assertRefused("b is of the model with SHA-256 'n', a of 'm'", row("a", 1, 1, "m", 1), row("b", 1, 1, "n", 1));
        assertRefused("a has the value NaN at 1", row("a", 1, 1, "m", 1, Float.NaN));
        assertRefused("there are no rows");
    }

    private void assertRefused(String message, Row... rows) {
        Path npy = folder.resolve("refused.npy");

        assertThatThrownBy(() -> new GalleryBuilder(dataset(List.of(rows), 1)).writeNpy(npy))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining(message);
        assertThat(Files.exists(npy)).isFalse();
    }
}
