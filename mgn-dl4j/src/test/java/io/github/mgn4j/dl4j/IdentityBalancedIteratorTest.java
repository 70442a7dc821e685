package io.github.mgn4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.data.Augmentations;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.AsyncMultiDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

class IdentityBalancedIteratorTest {
    private static final int HEIGHT = 48;
    private static final int WIDTH = 32;
    private static final int CLASSES = 4;

    @TempDir
    Path root;

    private final List<ReidImage> images = new ArrayList<>();
    private final Preprocessor preprocessor = new Preprocessor(new InputSize(HEIGHT, WIDTH), Resampling.BILINEAR);

    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 24; i++) {
            byte[] rgb = new byte[WIDTH * HEIGHT * 3];
            random.nextBytes(rgb);
            Path file = root.resolve(i + ".png");
            ImageIO.write(new RgbImage(WIDTH, HEIGHT, rgb).toBufferedImage(), "png", file.toFile());
            images.add(new ReidImage(file, 2 + 3 * (i % CLASSES), 1));
        }
    }

    private IdentityBalancedSampler sampler() {
        return new IdentityBalancedSampler(IdentityIndex.of(images), 3, 2, EpochLength.FULL_PASS, 5);
    }

    private static BatchLoader.Builder settings(BatchLoader.Builder builder) {
        return builder.augmentation(Augmentations.parse("flip,crop")).seed(5);
    }

    private IdentityBalancedBuilder builder(Layout layout) {
        ReidDataset dataset = new ReidDataset("test", root, images, List.of(), List.of());
        return IdentityBalancedIterator.builder(dataset, new InputSize(HEIGHT, WIDTH))
                .p(3)
                .k(2)
                .layout(layout)
                .augmentation(Augmentations.parse("flip,crop"))
                .seed(5);
    }

    private IdentityBalancedMultiIterator iterator(Layout layout) {
        return builder(layout).buildMulti(1);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void batchesAreTheLoaders(Layout layout) throws IOException {
        try (IdentityBalancedMultiIterator iterator = iterator(layout);
                BatchLoader loader = settings(BatchLoader.builder(images, sampler(), preprocessor))
                        .layout(layout)
                        .start()) {
            for (int epoch = 0; epoch < 3; epoch++) {
                for (int i = 0; i < 4; i++) {
                    assertThat(iterator.hasNext()).isTrue();
                    assertSame(iterator.next(), loader.next(), layout);
                }
                assertThat(iterator.hasNext()).isFalse();
                assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
                iterator.reset();
                iterator.reset(); // again: no epoch is left out
            }
        }
    }

    private static void assertSame(MultiDataSet found, Batch expected, Layout layout) {
        assertThat(found.numFeatureArrays()).isEqualTo(1);
        assertThat(found.numLabelsArrays()).isEqualTo(1);
        INDArray features = found.getFeatures(0);
        assertThat(features.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(features.shape())
                .isEqualTo(layout == Layout.NCHW ? new long[] {6, 3, HEIGHT, WIDTH} : new long[] {6, HEIGHT, WIDTH, 3});
        float[] values = new float[expected.images().remaining()];
        expected.images().get(0, values);
        assertThat(features.dup('c').data().asFloat()).isEqualTo(values);
        INDArray labels = found.getLabels(0);
        assertThat(labels.shape()).isEqualTo(new long[] {6, CLASSES});
        for (int i = 0; i < 6; i++) {
            for (int c = 0; c < CLASSES; c++) {
                assertThat(labels.getFloat(i, c))
                        .isEqualTo(c == expected.labels().get(i) ? 1f : 0f);
            }
        }
    }

    /** DL4J fits through this wrapper: the same batches, over several epochs. */
    @Test
    void worksInsideTheAsyncIterator() {
        List<float[]> plain = new ArrayList<>();
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                iterator.forEachRemaining(batch -> plain.add(features(batch)));
                iterator.reset();
            }
        }
        assertThat(plain).hasSize(12);
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW)) {
            AsyncMultiDataSetIterator async = new AsyncMultiDataSetIterator(iterator, 2, false);
            List<float[]> ahead = new ArrayList<>();
            for (int epoch = 0; epoch < 3; epoch++) {
                while (async.hasNext()) {
                    ahead.add(features(async.next()));
                }
                async.reset();
            }
            async.shutdown();
            assertThat(ahead).usingRecursiveComparison().isEqualTo(plain);
        }
    }

    private static float[] features(MultiDataSet batch) {
        return batch.getFeatures(0).dup('c').data().asFloat();
    }

    @Test
    void anEpochGivenUpIsNotGoneOnWith() {
        List<float[]> plain = new ArrayList<>();
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW)) {
            iterator.forEachRemaining(batch -> {});
            iterator.reset();
            iterator.forEachRemaining(batch -> plain.add(features(batch)));
        }
        IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW);
        iterator.next();
        iterator.reset();
        assertThat(features(iterator.next())).isEqualTo(plain.get(0));
        iterator.close(); // and asking for more starts it again, where it was
        assertThat(features(iterator.next())).isEqualTo(plain.get(1));
        iterator.close();
    }

    @Test
    void anInterruptIsLeftToWhoeverWaits() {
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW);
                IdentityBalancedMultiIterator calm = iterator(Layout.NCHW)) {
            assertThat(features(iterator.next())).isEqualTo(features(calm.next()));
            Thread.currentThread().interrupt();
            float[] found = features(iterator.next());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(found).isEqualTo(features(calm.next()));
        }
    }

    @Test
    void unreadableImagesAreReplacedAndListed() throws IOException {
        Files.delete(images.get(9).path());
        try (IdentityBalancedMultiIterator iterator = builder(Layout.NCHW)
                .loading(loading -> loading.onError(OnError.SKIP))
                .buildMulti(1)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                iterator.forEachRemaining(batch -> {});
                iterator.reset();
            }
            assertThat(iterator.skipped())
                    .extracting(UnreadableImage::path)
                    .containsExactly(images.get(9).path());
            iterator.next();
            iterator.reset();
            assertThat(iterator.skipped()).hasSize(1);
        }
    }

    @Test
    void theReceiverOwnsTheArrays() {
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW)) {
            MultiDataSet first = iterator.next();
            float[] before = features(first);
            iterator.next();
            iterator.next();
            iterator.next();
            assertThat(features(first)).isEqualTo(before);
        }
    }

    @Test
    void aPreProcessorSeesEveryBatch() {
        try (IdentityBalancedMultiIterator iterator = iterator(Layout.NCHW)) {
            iterator.setPreProcessor(batch -> batch.setLabels(new INDArray[] {batch.getLabels(0), batch.getLabels(0)}));
            assertThat(iterator.getPreProcessor()).isNotNull();
            assertThat(iterator.next().numLabelsArrays()).isEqualTo(2);
        }
    }

    @Test
    void mistakesAreNamed() throws IOException {
        MultiDataSetIterator iterator = iterator(Layout.NCHW);
        assertThat(iterator.next(6).getFeatures(0).size(0)).isEqualTo(6);
        assertThatThrownBy(() -> iterator.next(7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("identity-balanced batches have 6 images, not 7");
        ((IdentityBalancedMultiIterator) iterator).close();
        for (ReidImage image : images) {
            Files.delete(image.path());
        }
        try (IdentityBalancedMultiIterator gone = iterator(Layout.NCHW)) {
            assertThatThrownBy(gone::next)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(root.toString());
        }
    }

    /** DL4J's wrapper for networks with one output: the same batches, over several epochs, and the same as those of the other. */
    @Test
    void theIteratorForOneOutputGivesTheSameBatches() {
        try (IdentityBalancedIterator iterator = builder(Layout.NCHW).build();
                IdentityBalancedMultiIterator multi = builder(Layout.NCHW).buildMulti(2)) {
            assertThat(iterator.batch()).isEqualTo(6);
            assertThat(iterator.inputColumns()).isEqualTo(3 * HEIGHT * WIDTH);
            assertThat(iterator.totalOutcomes()).isEqualTo(CLASSES);
            assertThat(iterator.getLabels()).containsExactly("2", "5", "8", "11");
            assertThatThrownBy(() -> iterator.next(7)).hasMessage("identity-balanced batches have 6 images, not 7");
            AsyncDataSetIterator async = new AsyncDataSetIterator(iterator, 2, false);
            for (int epoch = 0; epoch < 2; epoch++) {
                while (multi.hasNext()) {
                    assertThat(async.hasNext()).isTrue();
                    DataSet found = async.next();
                    MultiDataSet expected = multi.next();
                    assertThat(found.getFeatures()).isEqualTo(expected.getFeatures(0));
                    assertThat(expected.numLabelsArrays()).isEqualTo(2);
                    assertThat(found.getLabels())
                            .isEqualTo(expected.getLabels(0))
                            .isEqualTo(expected.getLabels(1));
                }
                assertThat(async.hasNext()).isFalse();
                async.reset();
                multi.reset();
            }
            async.shutdown();
        }
    }

    @Test
    void aPreProcessorSeesEveryDataSet() {
        try (IdentityBalancedIterator iterator = builder(Layout.NHWC).build()) {
            iterator.setPreProcessor(batch -> batch.setLabels(null));
            assertThat(iterator.getPreProcessor()).isNotNull();
            assertThat(iterator.next().getLabels()).isNull();
        }
    }

    @Test
    void settingsThatCannotBeAreNamed() {
        assertThatThrownBy(() -> builder(Layout.NCHW).p(9).build())
                .isInstanceOf(DatasetException.class)
                .hasMessage("P is 9 identities per batch, but the training images show only 4");
        assertThatThrownBy(() -> builder(Layout.NCHW).buildMulti(0)).hasMessage("outputs must be at least 1, not 0");
        ReidDataset empty = new ReidDataset("test", root, List.of(), images, images);
        assertThatThrownBy(() -> IdentityBalancedIterator.builder(empty, new InputSize(HEIGHT, WIDTH)))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no training images");
    }
}
