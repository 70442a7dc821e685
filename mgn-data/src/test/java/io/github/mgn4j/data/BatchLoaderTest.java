package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        List<Thread> threads = threads();
        assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
        loader.close();
        loader.close();
        awaitEnd(threads);
        assertThatThrownBy(loader::next).isInstanceOf(IllegalStateException.class);
    }

    /** Threads that dawdle at random change nothing. */
    @Test
    void theOrderIsIndependentOfTiming() throws IOException {
        SplittableRandom delays = new SplittableRandom(3);
        Augmentation dawdling = (sample, random) -> {
            int nanos;
            synchronized (delays) {
                nanos = delays.nextInt(3_000_000);
            }
            LockSupport.parkNanos(nanos);
            return Augmentations.parse("flip,crop,erase").apply(sample, random);
        };
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            expected.add(naive(i / 3, i % 3, Augmentations.parse("flip,crop,erase"), Layout.NHWC));
        }
        for (int threads : new int[] {1, 2, 5}) {
            try (BatchLoader loader = BatchLoader.builder(images, sampler(), preprocessor)
                    .augmentation(dawdling)
                    .threads(threads)
                    .prefetch(threads)
                    .seed(SEED)
                    .start()) {
                for (float[] batch : expected) {
                    assertThat(floats(loader.next())).isEqualTo(batch);
                }
            }
        }
    }

    /** 18 images of 6 identities, of which some cannot be read: others of the same identity stand in for them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void unreadableImagesAreReplaced(int threads) throws IOException {
        Set<Integer> bad = Set.of(0, 4, 7, 13); // of identities 5, 9, 6 and 6
        for (int i : bad) {
            Files.writeString(images.get(i).path(), "no image");
        }
        Files.delete(images.get(4).path());
        IdentityBalancedSampler sampler = sampler();
        List<float[]> first = new ArrayList<>();
        try (BatchLoader loader = skipping(threads)) {
            for (int i = 0; i < 12; i++) {
                Batch batch = loader.next();
                first.add(floats(batch));
                int[] chosen = sampler.batch(i / 3, i % 3);
                for (int k = 0; k < 6; k++) {
                    int pid = batch.pids().get(k);
                    assertThat(pid).isEqualTo(images.get(chosen[k]).pid());
                    List<Integer> shown = matching(first.get(i), k);
                    assertThat(shown).hasSize(1).doesNotContainAnyElementsOf(bad);
                    assertThat(images.get(shown.get(0)).pid()).isEqualTo(pid);
                    if (!bad.contains(chosen[k])) {
                        assertThat(shown).containsExactly(chosen[k]);
                    }
                    // Two of each identity: the same one twice only where there is but one.
                    if (k % 2 == 1 && pid != 6) {
                        assertThat(shown).isNotEqualTo(matching(first.get(i), k - 1));
                    }
                }
            }
            assertThat(loader.skipped()).extracting(UnreadableImage::path).containsExactlyElementsOf(paths(bad));
            assertThat(loader.skipped().get(0).reason())
                    .startsWith(images.get(0).path() + ": not a JPEG, PNG or BMP file");
            assertThat(loader.skipped().get(1).reason()).isEqualTo(images.get(4).path() + ": NoSuchFile");
        }
        try (BatchLoader again = skipping(3)) {
            for (float[] batch : first) {
                assertThat(floats(again.next())).isEqualTo(batch);
            }
        }
    }

    private BatchLoader skipping(int threads) {
        return BatchLoader.builder(images, sampler(), preprocessor)
                .onError(OnError.SKIP)
                .threads(threads)
                .seed(SEED)
                .start();
    }

    private List<Path> paths(Set<Integer> places) {
        return places.stream().sorted().map(i -> images.get(i).path()).toList();
    }

    /** The images that the floats of one place in a batch can be of. */
    private List<Integer> matching(float[] batch, int place) throws IOException {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            RgbImage image;
            try {
                image = ImageDecoder.decode(images.get(i).path());
            } catch (IOException | IllegalArgumentException e) {
                continue;
            }
            FloatBuffer one = FloatBuffer.allocate(preprocessor.length());
            preprocessor.write(image, false, Layout.NHWC, one, 0);
            int from = place * preprocessor.length();
            if (Arrays.equals(one.array(), Arrays.copyOfRange(batch, from, from + preprocessor.length()))) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void anIdentityWithoutAnyImageEndsTheStream() throws IOException {
        for (int i = 2; i < 18; i += 6) {
            Files.writeString(images.get(i).path(), "no image");
        }
        try (BatchLoader loader = skipping(2)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            loader.next();
                        }
                    })
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith("none of the 3 images of identity 7 can be read: " + root);
        }
    }

    @Test
    void closingWakesTheConsumer() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        Augmentation stuck = (sample, random) -> {
            working.countDown();
            LockSupport.park();
            return sample;
        };
        BatchLoader loader = BatchLoader.builder(images, sampler(), preprocessor)
                .augmentation(stuck)
                .threads(1)
                .start();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread consumer = new Thread(() -> end.complete(catchThrowable(loader::next)));
        consumer.start();
        assertThat(working.await(1, TimeUnit.MINUTES)).isTrue();
        loader.close();
        assertThat(end.get(1, TimeUnit.MINUTES))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the loader is closed");
        consumer.join();
    }

    @Test
    void closingMayComeAtAnyMoment() throws Exception {
        for (int round = 0; round < 500; round++) {
            long delay = round * 400L; // sweeps over the first call, in which the work is handed out
            BatchLoader loader = BatchLoader.builder(images, sampler(), preprocessor)
                    .threads(1)
                    .start();
            AtomicBoolean ready = new AtomicBoolean();
            Thread closer = new Thread(() -> {
                ready.set(true);
                for (long start = System.nanoTime(); System.nanoTime() - start < delay; ) {
                    Thread.onSpinWait();
                }
                loader.close();
            });
            closer.start();
            while (!ready.get()) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> {
                        while (true) {
                            loader.next();
                        }
                    })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the loader is closed");
            closer.join();
        }
    }

    @Test
    void anInterruptedConsumerClosesTheLoader() throws Exception {
        try (BatchLoader loader =
                BatchLoader.builder(images, sampler(), preprocessor).start()) {
            loader.next();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            loader.next();
                        }
                    })
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            awaitEnd(threads());
        }
    }

    /** Nobody closes it: the threads end all the same, and start again when somebody comes back. */
    @Test
    void aForgottenLoaderLeavesNoThreads() throws Exception {
        try (BatchLoader loader =
                BatchLoader.builder(images, sampler(), preprocessor).threads(2).start()) {
            loader.next();
            awaitEnd(threads());
            assertThat(floats(loader.next())).isEqualTo(naive(0, 1, Augmentation.NONE, Layout.NHWC));
        }
    }

    @Test
    void aFailureEndsTheThreads() throws Exception {
        Augmentation failing = (sample, random) -> {
            throw new ArithmeticException("by zero");
        };
        try (BatchLoader loader = BatchLoader.builder(images, sampler(), preprocessor)
                .augmentation(failing)
                .start()) {
            assertThatThrownBy(loader::next).isInstanceOf(ArithmeticException.class);
            awaitEnd(threads());
        }
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("mgn-loader-"))
                .toList();
    }

    private static void awaitEnd(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
        }
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
