package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.FakePixelEngine;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine is given that takes 8-bit pixels. */
class PixelExtractionTest {
    private static final Preprocessor PREPROCESSOR = new Preprocessor(FakeEngine.SPEC.input(), Resampling.BILINEAR);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theResizedPixelsAreRunAsTheyAreAndFeaturesReadAsTheyCome(boolean flip) throws IOException {
        List<RgbImage> images = List.of(random(50, 120), random(32, 96), random(7, 9));
        FakePixelEngine engine = new FakePixelEngine(1, first -> {});
        FeatureMatrix inMemory;
        List<float[]> ofFiles = new ArrayList<>();
        try (FeatureExtractor extractor = new FeatureExtractor(
                engine, flip, 2, Resampling.BILINEAR, 1, path -> images.get(FakeEngine.index(path)))) {
            inMemory = extractor.extractImages(images);
            extractor.extract(
                    FakeEngine.paths(3), OnError.FAIL, ExtractionListener.NONE, (path, row) -> ofFiles.add(row));
        }
        assertThat(engine.batches).containsExactly(2, 1, 2, 1);
        int last = 3 * (FakeEngine.SPEC.input().width() - 1);
        for (int i = 0; i < 3; i++) {
            byte[] wanted = PREPROCESSOR.resize(images.get(i)).rgb();
            assertThat(engine.images.get(i)).isEqualTo(wanted);
            assertThat(engine.images.get(3 + i)).isEqualTo(wanted);
            float green = wanted[1] & 0xff;
            float expected = flip ? (green + (wanted[last + 1] & 0xff)) / 2 : green;
            assertThat(inMemory.get(i, 1)).isEqualTo(expected);
            assertThat(ofFiles.get(i)).isEqualTo(inMemory.row(i));
        }
    }

    @Test
    void aBufferIsAsLargeAsTheBytesAndKept() throws IOException {
        FakePixelEngine engine = new FakePixelEngine(1, first -> {});
        try (FeatureExtractor extractor = extractor(engine, 4)) {
            for (int i = 0; i < 20; i++) {
                extractor.extract(FakeEngine.image(i));
                extractor.extract(FakeEngine.paths(30));
            }
        }
        assertThat(engine.buffers)
                .extracting(ByteBuffer::capacity)
                .containsOnly(FakeEngine.LENGTH, 4 * FakeEngine.LENGTH)
                .hasSize(1 + 3);
    }

    @Test
    void aBufferIsGivenBackWhereThereIsNoMemoryForTheNext() throws IOException {
        List<Integer> made = new ArrayList<>();
        FakePixelEngine engine = new FakePixelEngine(1, first -> {});
        BufferPool pool = new BufferPool(4, 1000, capacity -> {
            made.add(capacity);
            if (made.size() == 2) {
                throw new OutOfMemoryError("test");
            }
            return BatchBuffer.of(engine, PREPROCESSOR, true, capacity, capacity);
        });
        FileExtraction pass = new FileExtraction(
                FakeEngine.paths(30), PREPROCESSOR, path -> FakeEngine.image(1), pool, new Semaphore(1));
        assertThatThrownBy(() -> pass.run(OnError.FAIL, 1, 1, ExtractionListener.NONE, (path, row) -> {}))
                .isInstanceOf(OutOfMemoryError.class);
        pass.run(OnError.FAIL, 1, 1, ExtractionListener.NONE, (path, row) -> {});
        assertThat(made).containsExactly(4, 4, 4, 4); // one was kept
    }

    @Test
    void largerBatchesFitThanOfFloats() {
        FakePixelEngine engine = new FakePixelEngine(1, first -> {});
        int most = Engines.largestBatch(engine);
        assertThat(most).isEqualTo(233_016); // 2^31 / (3 x 96 x 32)
        assertThatThrownBy(() -> BatchBuffer.of(engine, PREPROCESSOR, true, most + 1, most + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch is 233017, must be at most 233016 for this network");
        assertThat(engine.buffers).isEmpty();
    }

    @Test
    void noByteIsWrittenBesideAnImagesPlace() {
        ByteBuffer target = ByteBuffer.allocate(3 * FakeEngine.LENGTH);
        PREPROCESSOR.writePixels(FakeEngine.image(0x0101), target, FakeEngine.LENGTH);
        assertThat(target.position()).isZero();
        for (int i = 0; i < target.capacity(); i++) {
            boolean inside = i / FakeEngine.LENGTH == 1;
            assertThat(target.get(i)).isEqualTo((byte) (inside && i % 3 < 2 ? 1 : 0));
        }
        assertThatThrownBy(() -> PREPROCESSOR.writePixels(FakeEngine.image(1), target, 2 * FakeEngine.LENGTH + 1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("an input of 9216 bytes at index 18433 does not fit into a buffer of 27648");
    }

    private static FeatureExtractor extractor(FakePixelEngine engine, int batch) {
        return new FeatureExtractor(
                engine, true, batch, Resampling.BILINEAR, 2, path -> FakeEngine.image(FakeEngine.index(path)));
    }

    private static RgbImage random(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new SplittableRandom(width).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }
}
