package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import java.awt.image.BufferedImage;

/** Overlays an activation map on its image: grey at low values, increasingly coloured at higher ones. */
final class HeatMap {
    /** Every eighth of matplotlib's "inferno", whose lightness grows with the value. */
    private static final int[] COLOURS = {
        0x000004, 0x1f0c48, 0x550f6d, 0x88226a, 0xba3655, 0xe35933, 0xf98c0a, 0xf9c932, 0xfcffa4
    };
    /** Opacity of the image where the map is 0 and 1. */
    private static final double CLEAREST = 0.75;

    private static final double DENSEST = 0.3;

    private HeatMap() {}

    static BufferedImage over(BufferedImage image, ActivationMap map) {
        int width = image.getWidth();
        int height = image.getHeight();
        float[] heat = map.resized(height, width);
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                result.setRGB(x, y, blend(image.getRGB(x, y), heat[y * width + x]));
            }
        }
        return result;
    }

    private static int blend(int rgb, double value) {
        double grey = 0.299 * (rgb >> 16 & 0xff) + 0.587 * (rgb >> 8 & 0xff) + 0.114 * (rgb & 0xff);
        double clear = CLEAREST + (DENSEST - CLEAREST) * value;
        int blended = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            blended |= (int) Math.round(clear * grey + (1 - clear) * colour(value, shift)) << shift;
        }
        return blended;
    }

    private static double colour(double value, int shift) {
        double at = value * (COLOURS.length - 1);
        int low = Math.min((int) at, COLOURS.length - 2);
        double from = COLOURS[low] >> shift & 0xff;
        double to = COLOURS[low + 1] >> shift & 0xff;
        return from + (to - from) * (at - low);
    }
}
