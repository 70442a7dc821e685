package io.github.mgn4j.bench;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time from one JPEG file of Market-1501's size to its features (images), with its mirror: two passes through the
 * network.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class ExtractionBenchmark {
    private static final int FILES = 32;

    /** An engine on the class path and its precision. */
    @Param({"samediff/fp32", "onednn/fp32", "onednn/bf16", "onednn/int8", "onnx/fp32"})
    public String engine;

    /** Images per batch, mirrors included. */
    @Param("16")
    public int batch;

    /** A preset of the article's ablation, or tiny; ignored if a model file is set. */
    @Param("mgn")
    public String network;

    /** A model file, or empty for formula weights. */
    @Param("")
    public String model;

    private final List<Path> files = new ArrayList<>();
    private Path folder;
    private FeatureExtractor extractor;

    /** Counts images, so that JMH reports the time per image too. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Counter {
        public long images;
    }

    @Setup(Level.Trial)
    public void open() throws IOException {
        folder = Files.createTempDirectory("mgn-bench");
        for (int i = 0; i < FILES; i++) {
            files.add(Files.write(folder.resolve(i + ".jpg"), PreprocessingBenchmark.jpeg(i)));
        }
        extractor = FeatureExtractor.builder(Workload.model(engine, network, model))
                .engine(Workload.engineOf(engine))
                .precision(Workload.precisionOf(engine))
                .batch(batch)
                .build();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        extractor.close();
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
        files.clear();
    }

    @Benchmark
    public FeatureMatrix extract(Counter counter) throws IOException {
        counter.images += FILES;
        return extractor.extract(files);
    }
}
