package io.github.mgn4j.bench;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time from the bytes of a 64x128 JPEG, the size of Market-1501's images, to a normalised 128x384 image; one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class PreprocessingBenchmark {
    private final Preprocessor preprocessor = new Preprocessor(new InputSize(384, 128), Resampling.BILINEAR);
    private final FloatBuffer target = FloatBuffer.allocate(preprocessor.length());
    private byte[] jpeg;
    private RgbImage decoded;
    private RgbImage resized;

    @Setup
    public void encode() throws IOException {
        jpeg = jpeg(1);
        decoded = decode();
        resized = resize();
    }

    static byte[] jpeg(long seed) throws IOException {
        byte[] rgb = new byte[3 * 64 * 128];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 200 + random.nextInt(20));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new RgbImage(64, 128, rgb).toBufferedImage(), "jpg", out);
        return out.toByteArray();
    }

    @Benchmark
    public RgbImage decode() throws IOException {
        return ImageDecoder.decode(new ByteArrayInputStream(jpeg), "benchmark.jpg");
    }

    @Benchmark
    public RgbImage resize() {
        return preprocessor.resize(decoded);
    }

    @Benchmark
    public float normalise() {
        preprocessor.write(resized, false, Layout.NHWC, target, 0);
        return target.get(0);
    }
}
