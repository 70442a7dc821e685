package io.github.mgn4j.data.synth;

import io.github.mgn4j.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The JDK's JPEG encoder at one fixed quality. For one thread. */
final class JpegEncoder implements AutoCloseable {
    private static final float QUALITY = 0.92f;

    private final ImageWriter writer =
            ImageIO.getImageWritersByFormatName("jpeg").next();

    byte[] encode(RgbImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(QUALITY);
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image.toBufferedImage(), null, null), settings);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        writer.dispose();
    }
}
