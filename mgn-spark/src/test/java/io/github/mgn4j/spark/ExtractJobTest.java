package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.image.ImageFiles;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractJobTest {
    @TempDir
    Path folder;

    @Test
    void featuresOfAFolderAreThoseOfTheExtractor() throws Exception {
        SparkSession spark = LocalSpark.session();
        Path model = folder.resolve("m.safetensors");
        ModelFile.save(model, RandomModels.of(FakeEngine.SPEC, 1));
        Path crops = Files.createDirectories(folder.resolve("crops"));
        Files.createDirectories(crops.resolve("a b/c"));
        write(crops.resolve("0002_c1s1_000451_03.png"), 0x102030);
        write(crops.resolve("a b/-1_c3s1_000451_03.PNG"), 0x405060);
        write(crops.resolve("a b/c/\u00e9 %20#.bmp"), 0x708090);
        Files.writeString(crops.resolve("notes.txt"), "no image");
        Path out = folder.resolve("parquet");
        Path npy = folder.resolve("F.npy");
        Map<String, String> options = ExtractJob.parse(
                "--model",
                model.toString(),
                "--images",
                crops.toString(),
                "--out",
                out.toString(),
                "--npy",
                npy.toString(),
                "--engine",
                CountingEngineProvider.NAME,
                "--batch",
                "2");

        FeatureTransformer transformer = ExtractJob.transformer(options);
        ExtractJob.run(spark, transformer, options);

        FeatureSet found = FeatureSet.read(npy);
        List<Path> images = ImageFiles.list(crops);
        assertThat(images).hasSize(3);
        assertThat(found.table().entries())
                .containsExactlyElementsOf(images.stream()
                        .map(image -> FeatureTable.Entry.of(crops, image))
                        .toList());
        try (FeatureExtractor extractor = FeatureExtractor.builder(ModelFile.load(model))
                .engine(CountingEngineProvider.NAME)
                .build()) {
            assertThat(found.features()).isEqualTo(extractor.extract(images));
        }
        Dataset<Row> parquet = spark.read().parquet(out.toString());
        assertThat(parquet.columns()).containsExactly("path", "pid", "camid", "model", "features");
        assertThat(parquet.select("model").distinct().first().getString(0)).isEqualTo(transformer.getModelChecksum());
    }

    private static void write(Path file, int colour) throws Exception {
        BufferedImage image = new BufferedImage(32, 96, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 32 * 96; i++) {
            image.setRGB(i % 32, i / 32, colour + i % 7);
        }
        String name = file.toString();
        ImageIO.write(image, name.substring(name.length() - 3), file.toFile());
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> ExtractJob.parse("--modle", "m")).hasMessageContainingAll("--modle", "--model");
        assertThatThrownBy(() -> ExtractJob.parse("--model")).hasMessage("--model has no value");
        assertThatThrownBy(() -> ExtractJob.transformer(Map.of())).hasMessage("--model is missing");
        assertThatThrownBy(() -> ExtractJob.transformer(Map.of("--model", "gone.safetensors")))
                .hasMessageContaining("gone.safetensors");
    }
}
