package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.jna.NativeLibrary;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.Random;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Features are the same however a batch is divided and however many threads compute a layer. */
class ThreadsTest {
    private static final Model MODEL = WeightInit.initialise(
            MgnSpec.mgn(4).toBuilder().backbone(18, 0.5).input(96, 32).build(), 1);
    private static final int LENGTH = 3 * 96 * 32;
    private static final int FEATURES = MODEL.spec().featureLength();

    @Test
    @EnabledOnOs(OS.LINUX)
    void openMpTakesTheNumberOfThreadsForTheCallingThread() {
        assertThat(OpenMp.isAdjustable()).isTrue();
        NativeLibrary library = OpenMp.library();
        NativeThread.run(() -> {
            assertThat(library.getFunction("omp_get_max_threads").invokeInt(new Object[0]))
                    .isEqualTo(OpenMp.cores());
            OpenMp.use(1);
            assertThat(library.getFunction("omp_get_max_threads").invokeInt(new Object[0]))
                    .isEqualTo(1);
        });
    }

    @Test
    void oneThreadComputesTheSameBitsAsAll() {
        for (int batch = 1; batch <= 4; batch++) {
            FloatBuffer images = images(batch);
            float[] all = features(images, batch, OpenMp.cores());
            assertThat(features(images, batch, 1)).isEqualTo(all);
            assertThat(features(images, batch, 3)).isEqualTo(all);
        }
    }

    private static float[] features(FloatBuffer images, int batch, int threads) {
        return NativeThread.call(() -> {
            OpenMp.use(threads);
            try (Resources owner = new Resources()) {
                dnnl_engine engine = Dnnl.engine(owner);
                dnnl_stream stream = Dnnl.stream(engine, owner);
                PackedWeights weights =
                        owner.own(new PackedWeights(MODEL.weights(), engine, stream), PackedWeights::close);
                Network network = Network.of(MODEL);
                FloatBuffer features = FloatBuffer.allocate(batch * FEATURES);
                owner.own(
                                PlanCompiler.compile(
                                        network, weights, PrecisionPolicy.FP32.types(network), batch, threads, engine),
                                Plan::close)
                        .run(stream, images.duplicate(), features);
                return features.array();
            }
        });
    }

    @Test
    void aBatchHasTheFeaturesOfItsImages() {
        int batch = 13;
        FloatBuffer images = images(batch);
        FloatBuffer together = FloatBuffer.allocate(batch * FEATURES);
        FloatBuffer single = FloatBuffer.allocate(FEATURES);
        try (Engine engine = new OneDnnEngineProvider().open(MODEL, new EngineOptions(Precision.FP32, batch))) {
            engine.run(images, batch, together);
            for (int i = 0; i < batch; i++) {
                engine.run(images.slice(i * LENGTH, LENGTH), 1, single);
                for (int k = 0; k < FEATURES; k++) {
                    assertThat(together.get(i * FEATURES + k)).isCloseTo(single.get(k), within(1e-4f));
                }
            }
        }
    }

    private static FloatBuffer images(int batch) {
        Random random = new Random(batch);
        FloatBuffer images = Buffers.allocate((long) batch * LENGTH);
        for (int i = 0; i < images.capacity(); i++) {
            images.put(i, (float) random.nextGaussian());
        }
        return images;
    }
}
