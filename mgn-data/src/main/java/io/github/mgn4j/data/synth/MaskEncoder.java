package io.github.mgn4j.data.synth;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The JDK's PNG encoder for masks: gray images of 0 and 255. Not thread-safe. */
final class MaskEncoder implements AutoCloseable {
    private final ImageWriter writer = JpegEncoder.runtimeWriter("com.sun.imageio.plugins.png.PNGImageWriterSpi");

    byte[] encode(boolean[] mask, int width, int height) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        byte[] gray = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < gray.length; i++) {
            gray[i] = (byte) (mask[i] ? 255 : 0);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), null);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        writer.dispose();
    }
}
