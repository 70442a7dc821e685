package io.github.mgn4j.spark.bars;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.spark.FeatureRows;
import io.github.mgn4j.spark.FeatureTransformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * Compares the throughput of Spark with that of {@code ./mgn extract} on the same folder, engine and batch, by turns in one process:
 * image files to Parquet, and image files to {@code .npy} and CSV by the calls of the command. The start of Java, of Spark and of the engine
 * is left out; the first round of each is, too. Prints a Markdown table.
 *
 * <p>Arguments: model, folder of images, engine, rounds.
 */
public final class ThroughputBar {
    private static final int BATCH = 16;

    private ThroughputBar() {}

    public static void main(String... args) throws IOException {
        Path model = Path.of(args[0]);
        Path images = Path.of(args[1]);
        int rounds = Integer.parseInt(args[3]);
        Path work = Files.createTempDirectory("mgn-throughput");
        SparkSession spark = SparkSession.builder().appName("throughput").getOrCreate();
        FeatureTransformer transformer = new FeatureTransformer()
                .setModel(model.toString())
                .setEngine(args[2])
                .setBatch(BATCH);
        int count = ImageFiles.list(images).size();
        System.out.printf(
                "Spark %s, %s, engine %s, %d images%n",
                spark.version(), spark.sparkContext().master(), args[2], count);
        System.out.println(
                "| round | command: images/s | Spark: images/s | ratio | processor ms per image: command | Spark |\n"
                        + "|---|---:|---:|---:|---:|---:|");
        List<Double> ratios = new ArrayList<>();
        List<Double> costs = new ArrayList<>();
        try (FeatureExtractor extractor = FeatureExtractor.builder(ModelFile.load(model))
                .engine(args[2])
                .batch(BATCH)
                .build()) {
            for (int round = 0; round <= rounds; round++) {
                Path parquet = work.resolve("p" + round);
                Run bySpark = () -> bySpark(spark, transformer, images, parquet);
                Run byCommand = () -> byCommand(extractor, images, work.resolve("F.npy"));
                Measured first = Measured.of(round % 2 == 0 ? bySpark : byCommand);
                Measured second = Measured.of(round % 2 == 0 ? byCommand : bySpark);
                Measured ours = round % 2 == 0 ? first : second;
                Measured command = round % 2 == 0 ? second : first;
                if (round > 0) { // the first warms up
                    ratios.add(command.seconds() / ours.seconds());
                    costs.add(command.processor() / ours.processor());
                    System.out.printf(
                            Locale.ROOT,
                            "| %d | %.2f | %.2f | %.3f | %.1f | %.1f |%n",
                            round,
                            count / command.seconds(),
                            count / ours.seconds(),
                            command.seconds() / ours.seconds(),
                            1000 * command.processor() / count,
                            1000 * ours.processor() / count);
                }
            }
        } finally {
            spark.stop();
            MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        print("ratio of throughput", ratios);
        print("ratio by processor time", costs);
    }

    private static void print(String what, List<Double> ratios) {
        ratios.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%s: median %.3f, %.3f to %.3f%n",
                what,
                ratios.get(ratios.size() / 2),
                ratios.get(0),
                ratios.get(ratios.size() - 1));
    }

    @FunctionalInterface
    private interface Run {
        void run() throws IOException;
    }

    /** Seconds of a run, and of the processors in this process meanwhile. */
    private record Measured(double seconds, double processor) {
        static Measured of(Run run) throws IOException {
            double before = Stages.processorSeconds();
            long start = System.nanoTime();
            run.run();
            return new Measured((System.nanoTime() - start) / 1e9, Stages.processorSeconds() - before);
        }
    }

    private static void bySpark(SparkSession spark, FeatureTransformer transformer, Path images, Path parquet) {
        FeatureRows.of(
                        transformer.transform(spark.read()
                                .format("binaryFile")
                                .option("recursiveFileLookup", "true")
                                .load(images.toString())
                                .select("path", "content")),
                        transformer,
                        images.toString())
                .write()
                .parquet(parquet.toString());
    }

    private static void byCommand(FeatureExtractor extractor, Path images, Path npy) throws IOException {
        List<Path> files = ImageFiles.list(images);
        FeatureSet.writeRows(
                npy,
                extractor.dims(),
                sink -> extractor.extract(
                        files,
                        OnError.FAIL,
                        ExtractionListener.NONE,
                        (image, features) -> sink.append(FeatureTable.Entry.of(images, image), features)));
    }
}
