package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;

/**
 * Changes brightness, contrast, saturation and hue in place. The bytes are identical to those of torchvision's
 * {@code functional.adjust_*} on Pillow images, including the rounding and the conversion through HSV.
 *
 * <p>All methods take the pixels as {@code height x width x 3} unsigned bytes.
 */
final class ColourAdjustments {
    private static final int CHANNELS = RgbImage.CHANNELS;

    private ColourAdjustments() {}

    /** Blends with black: 0 gives black, 1 leaves the image unchanged. */
    static void brightness(byte[] rgb, double factor) {
        blend(rgb, 0, (float) factor);
    }

    /** Blends with the mean gray: 0 gives gray, 1 leaves the image unchanged. */
    static void contrast(byte[] rgb, double factor) {
        long sum = 0;
        for (int i = 0; i < rgb.length; i += CHANNELS) {
            sum += gray(rgb, i);
        }
        int pixels = rgb.length / CHANNELS;
        blend(rgb, (int) ((double) sum / pixels + 0.5), (float) factor);
    }

    /** Blends with the gray image: 0 gives gray, 1 leaves the image unchanged. */
    static void saturation(byte[] rgb, double factor) {
        float share = (float) factor;
        for (int i = 0; i < rgb.length; i += CHANNELS) {
            int gray = gray(rgb, i);
            for (int c = i; c < i + CHANNELS; c++) {
                rgb[c] = blend(gray, rgb[c] & 0xff, share);
            }
        }
    }

    /**
     * Rotates the hue.
     *
     * @param turns fraction of the colour circle, -0.5 to 0.5
     */
    static void hue(byte[] rgb, double turns) {
        int steps = (int) (turns * 255);
        byte[] pixel = new byte[CHANNELS];
        for (int i = 0; i < rgb.length; i += CHANNELS) {
            toHsv(rgb, i, pixel);
            pixel[0] += (byte) steps;
            toRgb(pixel, rgb, i);
        }
    }

    /** Returns Pillow's luma in 16-bit fixed point: 0.299, 0.587, 0.114. */
    private static int gray(byte[] rgb, int i) {
        return ((rgb[i] & 0xff) * 19595 + (rgb[i + 1] & 0xff) * 38470 + (rgb[i + 2] & 0xff) * 7471 + 0x8000) >> 16;
    }

    private static void blend(byte[] rgb, int with, float share) {
        byte[] table = new byte[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = blend(with, value, share);
        }
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = table[rgb[i] & 0xff];
        }
    }

    /** Blends in single precision and truncates, as Pillow does. */
    private static byte blend(int from, int to, float share) {
        float value = from + share * (to - from);
        return (byte) Math.max(0, Math.min(255, (int) value));
    }

    /** Converts as Pillow does: hue, saturation and value in 0..255. */
    static void toHsv(byte[] rgb, int i, byte[] hsv) {
        int r = rgb[i] & 0xff;
        int g = rgb[i + 1] & 0xff;
        int b = rgb[i + 2] & 0xff;
        int max = Math.max(r, Math.max(g, b));
        int min = Math.min(r, Math.min(g, b));
        hsv[2] = (byte) max;
        if (max == min) {
            hsv[0] = 0;
            hsv[1] = 0;
            return;
        }
        float range = max - min;
        float saturation = range / max;
        float rc = (max - r) / range;
        float gc = (max - g) / range;
        float bc = (max - b) / range;
        float h;
        if (r == max) {
            h = bc - gc;
        } else if (g == max) {
            h = (float) (2.0 + rc - bc);
        } else {
            h = (float) (4.0 + gc - rc);
        }
        double turn = h / 6.0 + 1.0;
        h = (float) (turn >= 1 ? turn - 1 : turn);
        hsv[0] = (byte) Math.min(255, (int) (h * 255.0));
        hsv[1] = (byte) Math.min(255, (int) (saturation * 255.0));
    }

    /** Converts back as Pillow does. */
    static void toRgb(byte[] hsv, byte[] rgb, int i) {
        int h = hsv[0] & 0xff;
        int s = hsv[1] & 0xff;
        int v = hsv[2] & 0xff;
        if (s == 0) {
            put(rgb, i, v, v, v);
            return;
        }
        int whole = (int) (h * 6.0 / 255.0);
        float f = (float) (h * 6.0 / 255.0 - whole);
        float saturation = s / 255.0f;
        int p = round(v * (1.0 - saturation));
        int q = round(v * (1.0 - saturation * f));
        int t = round(v * (1.0 - saturation * (1.0 - f)));
        switch (whole % 6) {
            case 0 -> put(rgb, i, v, t, p);
            case 1 -> put(rgb, i, q, v, p);
            case 2 -> put(rgb, i, p, v, t);
            case 3 -> put(rgb, i, p, q, v);
            case 4 -> put(rgb, i, t, p, v);
            default -> put(rgb, i, v, p, q);
        }
    }

    private static int round(double value) {
        return Math.max(0, Math.min(255, (int) (value + 0.5)));
    }

    private static void put(byte[] rgb, int i, int r, int g, int b) {
        rgb[i] = (byte) r;
        rgb[i + 1] = (byte) g;
        rgb[i + 2] = (byte) b;
    }
}
