package io.github.mgn4j.data.synth;

import io.github.mgn4j.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageWriterSpi;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The JDK's JPEG encoder at one fixed quality. Not thread-safe. */
final class JpegEncoder implements AutoCloseable {
    private static final float QUALITY = 0.92f;

    private final ImageWriter writer = runtimeWriter("com.sun.imageio.plugins.jpeg.JPEGImageWriterSpi");

    /**
     * Returns the JDK's own writer rather than that of another image library, so that the bytes are the same everywhere.
     */
    static ImageWriter runtimeWriter(String provider) {
        try {
            return IIORegistry.getDefaultInstance()
                    .getServiceProviders(
                            ImageWriterSpi.class,
                            spi -> spi.getClass().getName().equals(provider),
                            false)
                    .next()
                    .createWriterInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] encode(RgbImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(QUALITY);
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture(image), null, null), settings);
        }
        return bytes.toByteArray();
    }

    private static BufferedImage picture(RgbImage image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int[] packed = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
        byte[] rgb = image.rgb();
        for (int i = 0; i < packed.length; i++) {
            int at = i * RgbImage.CHANNELS;
            packed[i] = (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | (rgb[at + 2] & 0xff);
        }
        return picture;
    }

    @Override
    public void close() {
        writer.dispose();
    }
}
