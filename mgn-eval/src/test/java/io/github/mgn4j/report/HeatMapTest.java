package io.github.mgn4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.image.ActivationMap;
import java.awt.Color;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class HeatMapTest {
    @Test
    void theColourIsThatOfTheValueAndTheImageShowsThrough() {
        BufferedImage image = new BufferedImage(2, 4, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 8; i++) {
            image.setRGB(i % 2, i / 2, 0xff0000);
        }
        BufferedImage heat = HeatMap.over(image, ActivationMap.of(4, 1, new float[] {0, 0.5f, 1, 0.0625f}));
        // Red has a brightness of 76: three quarters of that and a quarter of the colour, down to 30% and 70%.
        assertThat(new Color(heat.getRGB(0, 0))).isEqualTo(new Color(57, 57, 58));
        assertThat(new Color(heat.getRGB(1, 1))).isEqualTo(mixed(0.525, 0xba, 0x36, 0x55));
        assertThat(new Color(heat.getRGB(0, 2))).isEqualTo(mixed(0.3, 0xfc, 0xff, 0xa4));
        assertThat(new Color(heat.getRGB(0, 3))).isEqualTo(mixed(0.721875, 0x1f / 2.0, 0x0c / 2.0, (4 + 0x48) / 2.0));
    }

    private static Color mixed(double clear, double red, double green, double blue) {
        double grey = 0.299 * 255 * clear;
        return new Color((int) Math.round(grey + (1 - clear) * red), (int) Math.round(grey + (1 - clear) * green), (int)
                Math.round(grey + (1 - clear) * blue));
    }

    /** The lower half of the map is the lower half of the image, whatever the sizes. */
    @Test
    void liesOverTheWholeImage() {
        BufferedImage image = new BufferedImage(30, 70, BufferedImage.TYPE_INT_RGB);
        BufferedImage heat = HeatMap.over(image, ActivationMap.of(2, 1, new float[] {0, 1}));
        assertThat(heat.getWidth()).isEqualTo(30);
        assertThat(heat.getHeight()).isEqualTo(70);
        int before = -1;
        for (int y = 0; y < 70; y++) {
            int green = new Color(heat.getRGB(15, y)).getGreen();
            assertThat(green).isGreaterThanOrEqualTo(before);
            assertThat(green).isEqualTo(new Color(heat.getRGB(0, y)).getGreen());
            before = green;
        }
        assertThat(new Color(heat.getRGB(0, 0)).getGreen()).isZero();
        assertThat(before).isEqualTo(Math.round(0.7f * 255));
    }
}
