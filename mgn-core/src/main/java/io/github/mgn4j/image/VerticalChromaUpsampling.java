package io.github.mgn4j.image;

/**
 * Enlarges chroma components with half the rows but all the columns (4:4:0 files, such as losslessly rotated 4:2:2 ones).
 * libjpeg-turbo, and so Pillow, interpolates them; libjpeg 6b, which many Java runtimes contain, repeats their rows. This
 * class turns the latter into the former, so that pixels do not depend on the runtime.
 */
final class VerticalChromaUpsampling {
    private VerticalChromaUpsampling() {}

    /** Interpolates one component of interleaved samples in place if its rows have been repeated. */
    static void interpolate(byte[] samples, int width, int height, int components, int component) {
        int stride = width * components;
        if (!isRepeated(samples, stride, height, components, component)) {
            return;
        }
        byte[] above = new byte[width];
        byte[] current = new byte[width];
        for (int x = 0; x < width; x++) {
            current[x] = samples[x * components + component];
            above[x] = current[x];
        }
        for (int y = 0; y < height; y += 2) {
            boolean last = y + 2 >= height;
            for (int x = 0; x < width; x++) {
                int at = y * stride + x * components + component;
                int value = 3 * (current[x] & 0xff);
                byte below = last ? current[x] : samples[at + 2 * stride];
                // As h1v2_fancy_upsample in libjpeg-turbo's jdsample.c.
                samples[at] = (byte) ((value + (above[x] & 0xff) + 1) >> 2);
                if (y + 1 < height) {
                    samples[at + stride] = (byte) ((value + (below & 0xff) + 2) >> 2);
                }
                above[x] = current[x];
                current[x] = below;
            }
        }
    }

    private static boolean isRepeated(byte[] samples, int stride, int height, int components, int component) {
        for (int y = 0; y + 1 < height; y += 2) {
            for (int i = y * stride + component; i < (y + 1) * stride; i += components) {
                if (samples[i] != samples[i + stride]) {
                    return false;
                }
            }
        }
        return true;
    }
}
