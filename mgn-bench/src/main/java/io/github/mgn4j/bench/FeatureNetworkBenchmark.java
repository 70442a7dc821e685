package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Engine;
import java.io.IOException;
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
 * Time of one batch through the feature network, on average and by percentiles, and (images) per image: prepared images
 * in, features out, without decoding and mirrors. Peers are engines too if they were built in.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class FeatureNetworkBenchmark {
    /** An engine on the class path and its precision. */
    @Param({"samediff/fp32", "onednn/fp32", "onednn/bf16", "onednn/int8", "onnx/fp32"})
    public String engine;

    /** Images per batch. */
    @Param({"1", "2", "4", "8", "16", "32", "64"})
    public int batch;

    /** A preset of the article's ablation, or tiny; ignored if a model file is set. */
    @Param("mgn")
    public String network;

    /** A model file, or empty for formula weights. */
    @Param("")
    public String model;

    private Engine opened;
    private Workload workload;

    /** Counts images, so that JMH reports the time per image too. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Counter {
        public long images;
    }

    @Setup(Level.Trial)
    public void open() throws IOException {
        opened = Workload.open(engine, Workload.model(engine, network, model), batch);
        workload = new Workload(opened, batch);
    }

    @TearDown(Level.Trial)
    public void close() {
        opened.close();
    }

    @Benchmark
    public float features(Counter counter) {
        counter.images += batch;
        return workload.run().get(0);
    }
}
