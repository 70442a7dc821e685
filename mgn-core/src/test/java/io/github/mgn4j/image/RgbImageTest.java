package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RgbImageTest {
    @Test
    void cannotBeChangedThroughItsArrays() {
        byte[] pixels = {1, 2, 3, -1, 0, -128};
        RgbImage image = new RgbImage(2, 1, pixels);

        pixels[0] = 9;
        image.rgb()[1] = 9;

        assertThat(image.pixel(0, 0)).isEqualTo(0x010203);
        assertThat(image.pixel(1, 0)).isEqualTo(0xff0080);
        assertThat(image).isEqualTo(new RgbImage(2, 1, new byte[] {1, 2, 3, -1, 0, -128}));
        assertThat(image).hasSameHashCodeAs(new RgbImage(2, 1, new byte[] {1, 2, 3, -1, 0, -128}));
        assertThat(image).isNotEqualTo(new RgbImage(1, 2, new byte[] {1, 2, 3, -1, 0, -128}));
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_INT_ARGB})
    void survivesABufferedImage(int type) {
        RgbImage image = ImageFixtures.pattern("noise", 7, 5);
        BufferedImage copy = new BufferedImage(7, 5, type);
        BufferedImage plain = image.toBufferedImage();
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 7; x++) {
                copy.setRGB(x, y, plain.getRGB(x, y));
            }
        }

        assertThat(RgbImage.of(copy)).isEqualTo(image);
    }

    @Test
    void dropsAlphaWithoutBlending() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x10c08040);

        assertThat(RgbImage.of(image).pixel(0, 0)).isEqualTo(0xc08040);
    }

    /** Java takes gray for linear light and would brighten it; files mean the plain values. */
    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
    void repeatsGray(int type) {
        BufferedImage image = new BufferedImage(256, 1, type);
        for (int value = 0; value < 256; value++) {
            image.getRaster().setSample(value, 0, 0, type == BufferedImage.TYPE_BYTE_GRAY ? value : value * 256 + 99);
        }

        RgbImage rgb = RgbImage.of(image);

        for (int value = 0; value < 256; value++) {
            assertThat(rgb.pixel(value, 0)).isEqualTo(value * 0x010101);
        }
    }

    @Test
    void mirrors() {
        RgbImage image = ImageFixtures.pattern("noise", 5, 4);

        RgbImage mirrored = image.mirrored();

        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 5; x++) {
                assertThat(mirrored.pixel(x, y)).isEqualTo(image.pixel(4 - x, y));
            }
        }
        assertThat(mirrored.mirrored()).isEqualTo(image);
    }

    @Test
    void refusesSizesThatDoNotMatch() {
        assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an RGB image of 2x2 pixels has 12 bytes, not 11");
        assertThatThrownBy(() -> new RgbImage(0, 2, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RgbImage(1, 1, new byte[3]).pixel(1, 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("(1, 0)");
    }
}
