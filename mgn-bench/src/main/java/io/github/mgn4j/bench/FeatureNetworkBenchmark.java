package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.WeightInit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
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

/** Time of one batch through the feature network: prepared images in, features out; no decoding, no mirror. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class FeatureNetworkBenchmark {
    private static final int CLASSES = 751;

    /** An engine on the class path and its precision. */
    @Param({"samediff/fp32", "onednn/fp32", "onednn/bf16", "onednn/int8"})
    public String engine;

    /** Images per batch. */
    @Param({"1", "16"})
    public int batch;

    /** A preset of the paper's ablation. */
    @Param("mgn")
    public String network;

    private Engine opened;
    private FloatBuffer images;
    private FloatBuffer features;

    @Setup(Level.Trial)
    public void open() {
        MgnSpec spec = Presets.named(network, CLASSES);
        images = direct(3 * batch * spec.input().height() * spec.input().width());
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < images.limit(); i++) {
            images.put(i, (float) (4 * random.nextDouble() - 2));
        }
        features = direct(batch * spec.dims());
        String[] choice = engine.split("/", 2);
        Precision precision = Precision.valueOf(choice[1].toUpperCase(Locale.ROOT));
        Model model = WeightInit.initialise(spec, 1);
        if (precision == Precision.INT8) {
            try (Calibration calibration = new Calibration(model)) {
                calibration.add(images);
                model = calibration.calibrated();
            }
        }
        opened = Engines.open(choice[0], model, new EngineOptions(precision, batch));
    }

    @TearDown(Level.Trial)
    public void close() {
        opened.close();
    }

    @Benchmark
    public float features() {
        opened.run(images, batch, features);
        return features.get(0);
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
