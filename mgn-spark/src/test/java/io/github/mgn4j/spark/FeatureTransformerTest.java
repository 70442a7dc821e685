package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.fixtures.TinySpecs;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureTransformerTest {
    private static final int IMAGES = 23;
    private static final StructType BYTES = new StructType()
            .add("id", DataTypes.IntegerType)
            .add("path", DataTypes.StringType)
            .add("content", DataTypes.BinaryType);

    @TempDir
    static Path folder;

    private static SparkSession spark;
    private static Path model;
    private static List<Path> images;
    private static FeatureMatrix expected;

    @BeforeAll
    static void images() throws Exception {
        spark = LocalSpark.session();
        model = folder.resolve("fake.safetensors");
        ModelFile.save(model, RandomModels.of(FakeEngine.SPEC, 1));
        Path crops = Files.createDirectory(folder.resolve("crops"));
        Random random = new Random(1);
        images = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            BufferedImage image = new BufferedImage(30 + i, 90, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < image.getWidth() * image.getHeight(); p++) {
                image.setRGB(p % image.getWidth(), p / image.getWidth(), random.nextInt(1 << 24));
            }
            Path file = crops.resolve("%04d_c%ds1_%06d_00.png".formatted(i / 3, 1 + i % 3, i));
            ImageIO.write(image, "png", file.toFile());
            images.add(file);
        }
        try (FeatureExtractor extractor = FeatureExtractor.builder(ModelFile.load(model))
                .engine(CountingEngineProvider.NAME)
                .build()) {
            expected = extractor.extract(images);
        }
    }

    private static FeatureTransformer transformer() {
        return new FeatureTransformer()
                .setModel(model.toString())
                .setEngine(CountingEngineProvider.NAME)
                .setBatch(4);
    }

    private static Row row(int id) throws Exception {
        return RowFactory.create(id, images.get(id).toString(), Files.readAllBytes(images.get(id)));
    }

    private static Dataset<Row> rows() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            rows.add(row(i));
        }
        return spark.createDataFrame(rows, BYTES);
    }

    private static Dataset<Row> rows(Row... rows) {
        return spark.createDataFrame(List.of(rows), BYTES).coalesce(1);
    }

    private static float[] feature(Row row) {
        List<Float> list = row.getList(row.fieldIndex("features"));
        float[] values = new float[list.size()];
        IntStream.range(0, values.length).forEach(i -> values[i] = list.get(i));
        return values;
    }

    private static void assertFeatures(List<Row> rows) {
        assertThat(rows).hasSize(IMAGES);
        for (Row row : rows) {
            assertThat(feature(row)).isEqualTo(expected.row(row.getInt(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void featuresAreTheExtractorsInAnyPartitioning(int partitions) throws Exception {
        assertFeatures(transformer().transform(rows().repartition(partitions)).collectAsList());
    }

    @Test
    void keepsTheOrderAndTheColumns() throws Exception {
        Dataset<Row> output = transformer().transform(rows().coalesce(1));

        assertThat(output.columns()).containsExactly("id", "path", "content", "features");
        List<Row> found = output.collectAsList();
        assertThat(found).extracting(row -> row.getInt(0)).isSorted();
        assertFeatures(found);
        assertThat((byte[]) found.get(5).get(2)).isEqualTo(Files.readAllBytes(images.get(5)));
    }

    @Test
    void readsPathsAndUris() throws Exception {
        Dataset<Row> paths = rows().drop("content")
                .withColumn(
                        "path",
                        functions
                                .when(
                                        functions.col("id").mod(2).equalTo(0),
                                        functions.concat(functions.lit("file:"), functions.col("path")))
                                .otherwise(functions.col("path")));

        assertFeatures(transformer().setInputCol("path").transform(paths).collectAsList());
    }

    @Test
    void readsBinaryFiles() {
        Dataset<Row> files =
                spark.read().format("binaryFile").load(folder.resolve("crops").toString());

        List<Row> found = new ArrayList<>(
                transformer().transform(files).select("path", "features").collectAsList());
        found.sort(Comparator.comparing(row -> row.getString(0)));

        assertThat(found).hasSize(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            assertThat(feature(found.get(i))).isEqualTo(expected.row(i));
        }
    }

    @Test
    void vectorsAreDense() throws Exception {
        Row found = transformer()
                .setOutputType(FeatureTransformer.VECTOR)
                .transform(rows(row(3)))
                .first();

        Vector vector = found.getAs("features");
        for (int i = 0; i < expected.dims(); i++) {
            assertThat(vector.apply(i)).isEqualTo(expected.get(3, i));
        }
    }

    @Test
    void anErrorIsAColumn() throws Exception {
        Dataset<Row> input = rows(
                row(0),
                RowFactory.create(100, "broken.jpg", new byte[] {1, 2, 3}),
                RowFactory.create(101, "none.jpg", null),
                RowFactory.create(102, null, new byte[0]),
                row(1));

        Dataset<Row> output = transformer().setOnError("column").transform(input);

        assertThat(output.columns()).endsWith("features", "error");
        List<Row> found = output.collectAsList();
        assertThat(found).extracting(row -> row.getInt(0)).containsExactly(0, 100, 101, 102, 1);
        assertThat(found).extracting(row -> row.isNullAt(3)).containsExactly(false, true, true, true, false);
        assertThat(feature(found.get(4))).isEqualTo(expected.row(1));
        assertThat(found.get(0).isNullAt(4)).isTrue();
        assertThat(found.get(1).getString(4)).contains("broken.jpg").doesNotContain("\n");
        assertThat(found.get(2).isNullAt(4)).isTrue();
        assertThat(found.get(3).getString(4)).contains("row 3 of partition 0");
    }

    @Test
    void skippedRowsAreLeftOutAndNullsAreNot() throws Exception {
        Dataset<Row> input = rows(
                RowFactory.create(100, "broken.jpg", new byte[] {1}),
                row(0),
                RowFactory.create(101, "none", null),
                row(1));

        List<Row> found = transformer().setOnError("skip").transform(input).collectAsList();

        assertThat(found).extracting(row -> row.getInt(0)).containsExactly(0, 101, 1);
        assertThat(found.get(1).isNullAt(3)).isTrue();
        assertThat(feature(found.get(2))).isEqualTo(expected.row(1));
    }

    @Test
    void aBrokenImageFailsTheJobByName() throws Exception {
        Dataset<Row> output =
                transformer().transform(rows(row(0), RowFactory.create(100, "broken.jpg", new byte[] {1})));

        assertThatThrownBy(output::collectAsList).rootCause().hasMessageContaining("broken.jpg");
    }

    @Test
    void aMissingFileIsAnErrorOfItsRow() {
        Dataset<Row> input = rows(RowFactory.create(
                        1, folder.resolve("gone.jpg").toString(), null))
                .drop("content");

        Row found = transformer()
                .setInputCol("path")
                .setOnError("column")
                .transform(input)
                .first();

        assertThat(found.getString(3)).contains("gone.jpg");
    }

    @Test
    void tasksShareOneExtractorOfFullBatches() throws Exception {
        CountingEngineProvider.LARGEST.set(0);
        int before = CountingEngineProvider.OPENED.get();
        FeatureTransformer transformer = transformer().setBatch(5);
        transformer.transform(rows().repartition(6)).collectAsList();
        transformer.transform(rows().coalesce(1)).collectAsList();

        assertThat(CountingEngineProvider.OPENED.get() - before).isEqualTo(1);
        assertThat(CountingEngineProvider.LARGEST).hasValue(5);

        transformer().setBatch(6).transform(rows()).collectAsList(); // closes those that nobody uses
        assertThat(CountingEngineProvider.OPENED.get() - CountingEngineProvider.CLOSED.get())
                .isEqualTo(1);
    }

    @Test
    void aPartitionWithoutImagesNeedsNoExtractor() {
        int before = CountingEngineProvider.OPENED.get();

        List<Row> found = transformer()
                .setBatch(17)
                .transform(rows(RowFactory.create(1, "a", null)))
                .collectAsList();

        assertThat(found).hasSize(1);
        assertThat(CountingEngineProvider.OPENED).hasValue(before);
    }

    @Test
    void savedTransformersAreTheSame() throws Exception {
        Path saved = folder.resolve("saved");
        transformer().setFlip(false).setOnError("column").write().overwrite().save(saved.toString());

        FeatureTransformer loaded = FeatureTransformer.load(saved.toString());

        assertThat(loaded.getOrDefault(loaded.batch())).isEqualTo(4);
        assertThat(loaded.getOrDefault(loaded.flip())).isEqualTo(false);
        assertThat(loaded.getOrDefault(loaded.onError())).isEqualTo("column");
        assertThat(loaded.getModelChecksum()).isEqualTo(transformer().getModelChecksum());
        assertThat(loaded.isSet(loaded.device())).isFalse();
        assertThat(loaded.transform(rows()).count()).isEqualTo(IMAGES);
    }

    @Test
    void pipelinesAreSavedWithIt() throws Exception {
        Path saved = folder.resolve("pipeline");
        PipelineModel pipeline =
                new Pipeline().setStages(new PipelineStage[] {transformer()}).fit(rows());
        pipeline.write().overwrite().save(saved.toString());

        assertFeatures(PipelineModel.load(saved.toString()).transform(rows()).collectAsList());
    }

    @Test
    void aChangedModelFileIsRefusedByName() throws Exception {
        Path changed = folder.resolve("changed.safetensors");
        Files.copy(model, changed);
        Path saved = folder.resolve("changing");
        transformer().setModel(changed.toString()).write().save(saved.toString());

        Files.delete(changed);
        ModelFile.save(changed, RandomModels.of(FakeEngine.SPEC, 2));
        FeatureTransformer loaded = FeatureTransformer.load(saved.toString());

        assertThatThrownBy(() -> loaded.transform(rows()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("changed.safetensors", loaded.getModelChecksum(), "setModel");

        Files.delete(changed);
        assertThatThrownBy(() -> loaded.transform(rows())).hasMessageContaining("changed.safetensors");
    }

    @Test
    void aModelFileThatChangesBeforeTheTasksIsRefused() throws Exception {
        Path changed = folder.resolve("late.safetensors");
        ModelFile.save(changed, RandomModels.of(FakeEngine.SPEC, 3));
        Dataset<Row> output = transformer().setModel(changed.toString()).transform(rows(row(0)));
        Files.write(changed, new byte[] {1, 2, 3});

        assertThatThrownBy(output::collectAsList).rootCause().hasMessageContaining("late.safetensors has SHA-256");
    }

    @Test
    void copiesAreIndependent() {
        FeatureTransformer original = transformer();

        FeatureTransformer copy = original.copy(new ParamMap().put(original.outputCol(), "other"));

        assertThat(copy.uid()).isEqualTo(original.uid());
        assertThat(copy.getOutputCol()).isEqualTo("other");
        assertThat(copy.getModelChecksum()).isEqualTo(original.getModelChecksum());
        copy.setBatch(9);
        assertThat(original.getOutputCol()).isEqualTo("features");
        assertThat(original.getOrDefault(original.batch())).isEqualTo(4);
        assertThat(original.params()).hasSize(14);
    }

    @Test
    void schemasThatDoNotFitAreRefused() {
        FeatureTransformer transformer = transformer();

        assertThatThrownBy(() -> transformer.transformSchema(new StructType().add("a", DataTypes.StringType)))
                .hasMessageContainingAll("'content'", "[a]", "setInputCol");
        assertThatThrownBy(() -> transformer.transformSchema(new StructType().add("content", DataTypes.LongType)))
                .hasMessageContainingAll("'content' is bigint", "binary");
        assertThatThrownBy(() -> transformer.transformSchema(BYTES.add("features", DataTypes.LongType)))
                .hasMessageContainingAll("'features' already", "setOutputCol");
        assertThatThrownBy(() ->
                        transformer.setOnError("column").transformSchema(BYTES.add("error", DataTypes.StringType)))
                .hasMessageContainingAll("'error' already", "setErrorCol");
        assertThat(transformer.transformSchema(BYTES).treeString())
                .contains("features: array", "element: float (containsNull = false)", "error: string");
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        FeatureTransformer transformer = new FeatureTransformer();

        assertThatThrownBy(() -> transformer.setBatch(0)).hasMessageContaining("batch");
        assertThatThrownBy(() -> transformer.setPrecision("fp64")).hasMessageContaining("precision");
        assertThatThrownBy(() -> transformer.setOnError("ignore")).hasMessageContaining("onError");
        assertThatThrownBy(() -> transformer.setModel("gone.safetensors")).hasMessageContaining("gone.safetensors");
        assertThatThrownBy(() -> transformer.transform(rows())).hasMessageContaining("setModel");
    }

    @Test
    void onednnsFeaturesAreThoseOfTheExtractor() throws Exception {
        Path network = folder.resolve("tiny.safetensors");
        ModelFile.save(network, RandomModels.of(TinySpecs.tiny(18), 5));
        FeatureMatrix wanted;
        try (FeatureExtractor extractor = FeatureExtractor.builder(ModelFile.load(network))
                .engine("onednn")
                .build()) {
            wanted = extractor.extract(images);
        }
        double largest = 0;
        for (float value : wanted.data()) {
            largest = Math.max(largest, Math.abs(value));
        }

        List<Row> found = transformer()
                .setModel(network.toString())
                .setEngine("onednn")
                .transform(rows().repartition(5))
                .collectAsList();

        assertThat(found).hasSize(IMAGES);
        for (Row row : found) {
            float[] feature = feature(row);
            for (int i = 0; i < wanted.dims(); i++) {
                assertThat((double) feature[i]).isCloseTo(wanted.get(row.getInt(0), i), within(1e-5 * largest));
            }
        }
    }
}
