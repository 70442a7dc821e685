package io.github.mgn4j.image;

/** Colour conversions of libjpeg (jdcolor.c) and Pillow (Convert.c), in their fixed-point arithmetic. */
final class JpegColours {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);

    /** Contributions of Cr to red, of Cb to blue, and of both to green (the latter two still scaled). */
    private static final int[] CR_RED = new int[256];

    private static final int[] CB_BLUE = new int[256];
    private static final int[] CR_GREEN = new int[256];
    private static final int[] CB_GREEN = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int chroma = i - 128;
            CR_RED[i] = (fixed(1.40200) * chroma + HALF) >> BITS;
            CB_BLUE[i] = (fixed(1.77200) * chroma + HALF) >> BITS;
            CR_GREEN[i] = -fixed(0.71414) * chroma;
            CB_GREEN[i] = -fixed(0.34414) * chroma + HALF;
        }
    }

    private JpegColours() {}

    private static int fixed(double value) {
        return (int) (value * (1 << BITS) + 0.5);
    }

    /**
     * Converts in place. Pixels are {@code step} samples apart; the first three samples of each are converted.
     */
    static void yccToRgb(byte[] samples, int step) {
        for (int i = 0; i < samples.length; i += step) {
            int y = samples[i] & 0xff;
            int cb = samples[i + 1] & 0xff;
            int cr = samples[i + 2] & 0xff;
            samples[i] = clip(y + CR_RED[cr]);
            samples[i + 1] = clip(y + ((CB_GREEN[cb] + CR_GREEN[cr]) >> BITS));
            samples[i + 2] = clip(y + CB_BLUE[cb]);
        }
    }

    /** Converts in place: cyan, magenta and yellow are the complements of the converted YCC, black stays. */
    static void ycckToCmyk(byte[] samples) {
        yccToRgb(samples, 4);
        for (int i = 0; i < samples.length; i += 4) {
            samples[i] = (byte) ~samples[i];
            samples[i + 1] = (byte) ~samples[i + 1];
            samples[i + 2] = (byte) ~samples[i + 2];
        }
    }

    /** Converts as Pillow does: inks are stored inverted, as by Adobe, and darken what black leaves. */
    static void invertedCmykToRgb(byte[] cmyk, byte[] rgb) {
        int to = 0;
        for (int i = 0; i < cmyk.length; i += 4) {
            int light = cmyk[i + 3] & 0xff;
            for (int c = 0; c < 3; c++) {
                int product = (~cmyk[i + c] & 0xff) * light + 128;
                rgb[to++] = clip(light - ((product + (product >> 8)) >> 8));
            }
        }
    }

    private static byte clip(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
