package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.spec.InputSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTest {
    private static final FloatBuffer TORCHVISION = ByteBuffer.wrap(ImageFixtures.bytes("normalised.bin"))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();

    @ParameterizedTest
    @CsvSource({"NCHW, false", "NCHW, true", "NHWC, false", "NHWC, true"})
    void writesTorchvisionsFloatsInEveryLayout(Layout layout, boolean mirrored) {
        int height = 48;
        int width = 64;
        Preprocessor preprocessor = new Preprocessor(new InputSize(height, width), Resampling.BILINEAR);
        RgbImage image = ImageFixtures.pattern("noise", 30, 100);
        FloatBuffer heap = FloatBuffer.allocate(preprocessor.length() + 9);
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * heap.capacity())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        Arrays.fill(heap.array(), Float.NaN);

        preprocessor.write(image, mirrored, layout, heap, 7);
        preprocessor.write(image, mirrored, layout, direct, 7);

        RgbImage resized = PillowResize.resize(image, width, height, Resampling.BILINEAR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int pixel = resized.pixel(mirrored ? width - 1 - x : x, y);
                for (int c = 0; c < 3; c++) {
                    float expected = TORCHVISION.get(c * 256 + (pixel >> (16 - 8 * c) & 0xff));
                    int at = 7 + (layout == Layout.NCHW ? (c * height + y) * width + x : (y * width + x) * 3 + c);
                    assertThat(heap.get(at)).isEqualTo(expected);
                    assertThat(direct.get(at)).isEqualTo(expected);
                }
            }
        }
        assertThat(Arrays.copyOf(heap.array(), 7)).containsOnly(Float.NaN);
        assertThat(heap.get(heap.capacity() - 1)).isNaN();
        assertThat(heap.position()).isZero();
    }

    @Test
    void coversEveryByte() {
        Preprocessor preprocessor = new Preprocessor(new InputSize(32, 32), Resampling.BICUBIC);
        byte[] rgb = new byte[32 * 32 * 3];
        for (int i = 0; i < 32 * 32; i++) {
            Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) i);
        }
        FloatBuffer target = FloatBuffer.allocate(preprocessor.length());

        preprocessor.write(new RgbImage(32, 32, rgb), false, Layout.NCHW, target, 0);

        for (int c = 0; c < 3; c++) {
            for (int value = 0; value < 256; value++) {
                assertThat(target.get(c * 1024 + value)).isEqualTo(TORCHVISION.get(c * 256 + value));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "1", "2147483647"})
    void refusesAnOffsetThatDoesNotFit(int offset) {
        Preprocessor preprocessor = new Preprocessor(new InputSize(32, 32), Resampling.BILINEAR);
        FloatBuffer target = FloatBuffer.allocate(preprocessor.length());
        RgbImage image = ImageFixtures.pattern("smooth", 4, 4);

        assertThatThrownBy(() -> preprocessor.write(image, false, Layout.NHWC, target, offset))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("index " + offset);
    }
}
