package io.github.mgn4j.report;

import io.github.mgn4j.image.ImageDecoder;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads, scales down and encodes images. */
final class Pictures {
    private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);

    private Pictures() {}

    /**
     * Returns the image scaled down to fit into a box, never enlarged; null if it cannot be read, because a report must
     * not fail for one image.
     */
    static @Nullable BufferedImage thumbnail(Path file, int width, int height) {
        try {
            return fit(ImageDecoder.decode(file).toBufferedImage(), width, height);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: cannot be shown", file, e);
            return null;
        }
    }

    private static BufferedImage fit(BufferedImage image, int width, int height) {
        double scale = Math.min(1, Math.min((double) width / image.getWidth(), (double) height / image.getHeight()));
        int toWidth = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int toHeight = Math.max(1, (int) Math.round(image.getHeight() * scale));
        BufferedImage current = image;
        do {
            // Halves the image repeatedly: bilinear interpolation reads only four pixels.
            int w = Math.max(toWidth, (current.getWidth() + 1) / 2);
            int h = Math.max(toHeight, (current.getHeight() + 1) / 2);
            BufferedImage next = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = next.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(current, 0, 0, w, h, null);
            graphics.dispose();
            current = next;
        } while (current.getWidth() > toWidth || current.getHeight() > toHeight);
        return current;
    }

    /** Draws an image centred in a box, as large as fits. */
    static void place(BufferedImage image, Graphics2D graphics, int x, int y, int width, int height) {
        double scale = Math.min((double) width / image.getWidth(), (double) height / image.getHeight());
        int w = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int h = Math.max(1, (int) Math.round(image.getHeight() * scale));
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, x + (width - w) / 2, y + (height - h) / 2, w, h, null);
    }

    /** Returns the image scaled to be as large as fits into a box. */
    static BufferedImage enlarged(BufferedImage image, int width, int height) {
        double scale = Math.min((double) width / image.getWidth(), (double) height / image.getHeight());
        BufferedImage large = new BufferedImage(
                Math.max(1, (int) Math.round(image.getWidth() * scale)),
                Math.max(1, (int) Math.round(image.getHeight() * scale)),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = large.createGraphics();
        place(image, graphics, 0, 0, large.getWidth(), large.getHeight());
        graphics.dispose();
        return large;
    }

    static byte[] jpeg(BufferedImage image) throws IOException {
        return encode(image, "jpeg");
    }

    static byte[] png(BufferedImage image) throws IOException {
        return encode(image, "png");
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, format, out)) {
                throw new IOException("this Java cannot write " + format);
            }
        }
        return bytes.toByteArray();
    }
}
