package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchLoaderTest {
    private static final long SEED = 77;

    @TempDir
    Path root;

    private final List<ReidImage> images = new ArrayList<>();
    private final Preprocessor preprocessor = new Preprocessor(new InputSize(48, 32), Resampling.BILINEAR);

    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 18; i++) {
            byte[] rgb = new byte[20 * 30 * 3];
            random.nextBytes(rgb);
            Path file = root.resolve(i + ".png");
            ImageIO.write(new RgbImage(20, 30, rgb).toBufferedImage(), "png", file.toFile());
            images.add(new ReidImage(file, 5 + i % 6, 1));
        }
    }

    private IdentityBalancedSampler sampler() {
        return new IdentityBalancedSampler(IdentityIndex.of(images), 3, 2, EpochLength.FULL_PASS, 4);
    }

    /** What the loader has to give, computed one image at a time. */
    private float[] naive(long epoch, int position, Augmentation augmentation, Layout layout) throws IOException {
        int[] batch = sampler().batch(epoch, position);
        FloatBuffer all = FloatBuffer.allocate(batch.length * preprocessor.length());
        for (int i = 0; i < batch.length; i++) {
            RgbImage image = ImageDecoder.decode(images.get(batch[i]).path());
            TrainingSample sample = augmentation.apply(
                    new TrainingSample(preprocessor.resize(image), false),
                    Seeds.random(SEED, 0x41756721L, epoch, position, i));
            RgbImage turned = sample.mirrored() ? sample.image().mirrored() : sample.image();
            preprocessor.write(turned, false, layout, all, i * preprocessor.length());
        }
        return all.array();
    }

    private static float[] floats(Batch batch) {
        float[] values = new float[batch.images().capacity()];
        batch.images().get(0, values);
        return values;
    }

    @ParameterizedTest
    @CsvSource({"1,1,0,NHWC,none", "2,2,0,NCHW,flip", "4,3,1000000,NHWC,'flip,crop,erase'", "2,1,30000,NCHW,flip"})
    void batchesAreTheNaiveOnes(int threads, int prefetch, long cache, Layout layout, String augment)
            throws IOException {
        Augmentation augmentation = Augmentations.parse(augment);
        IdentityBalancedSampler sampler = sampler();
        try (BatchLoader loader = BatchLoader.builder(images, sampler, preprocessor)
                .threads(threads)
                .prefetch(prefetch)
                .cacheBytes(cache)
                .layout(layout)
                .augmentation(augmentation)
                .seed(SEED)
                .start()) {
            for (int i = 0; i < 10; i++) {
                Batch batch = loader.next();
                assertThat(batch.epoch()).isEqualTo(i / 3);
                assertThat(batch.position()).isEqualTo(i % 3);
                assertThat(batch.size()).isEqualTo(6);
                assertThat(batch.images().isDirect()).isTrue();
                assertThat(floats(batch)).isEqualTo(naive(i / 3, i % 3, augmentation, layout));
                int[] expected = sampler.batch(i / 3, i % 3);
                for (int k = 0; k < 6; k++) {
                    int pid = images.get(expected[k]).pid();
                    assertThat(batch.pids().get(k)).isEqualTo(pid);
                    assertThat(batch.labels().get(k)).isEqualTo(pid - 5);
                }
            }
        }
    }

    @Test
    void startsAnywhere() throws IOException {
        Augmentation flip = Augmentations.parse("flip");
        try (BatchLoader loader = BatchLoader.builder(images, sampler(), preprocessor)
                .augmentation(flip)
                .seed(SEED)
                .start(7, 2)) {
            assertThat(floats(loader.next())).isEqualTo(naive(7, 2, flip, Layout.NHWC));
            assertThat(floats(loader.next())).isEqualTo(naive(8, 0, flip, Layout.NHWC));
        }
    }

    @Test
    void aBadFileIsNamed() throws IOException {
        Path bad = images.get(11).path();
        Files.writeString(bad, "no image");
        try (BatchLoader loader =
                BatchLoader.builder(images, sampler(), preprocessor).start()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            loader.next();
                        }
                    })
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad.toString());
            assertThatThrownBy(loader::next).hasMessageContaining(bad.toString());
        }
    }

    @Test
    void aFileThatWentAwayIsNamed() throws IOException {
        Path gone = images.get(3).path();
        Files.delete(gone);
        try (BatchLoader loader =
                BatchLoader.builder(images, sampler(), preprocessor).start()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            loader.next();
                        }
                    })
                    .hasMessageContaining(gone.toString());
        }
    }

    @Test
    void closingEndsTheThreads() throws Exception {
        BatchLoader loader =
                BatchLoader.builder(images, sampler(), preprocessor).threads(3).start();
        loader.next();
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("mgn-loader-"))
                .toList();
        assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
        loader.close();
        loader.close();
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        assertThatThrownBy(loader::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void impossibleSettingsAreRefused() {
        BatchLoader.Builder builder = BatchLoader.builder(images, sampler(), preprocessor);
        assertThatThrownBy(() -> builder.threads(0)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> builder.prefetch(0)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> builder.cacheBytes(-1)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> builder.start(0, 3)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> BatchLoader.builder(images.subList(0, 3), sampler(), preprocessor))
                .isInstanceOf(DatasetException.class);
    }
}
