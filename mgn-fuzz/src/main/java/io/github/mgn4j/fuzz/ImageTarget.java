package io.github.mgn4j.fuzz;

import io.github.mgn4j.image.ImageDecoder;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** JPEG, PNG and BMP files; checksums of a PNG are made right. */
public final class ImageTarget {
    /** Deflate packs 1032 bytes into one; each may hold eight pixels, which become three bytes. A third more for scratch. */
    private static final Trial TRIAL = new Trial(2 << 20, 1032 * 8 * 4);

    private static final byte[] PNG = "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);

    private ImageTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (Arrays.equals(input, 0, Math.min(PNG.length, input.length), PNG, 0, PNG.length)) {
            repair(ByteBuffer.wrap(input));
        }
        TRIAL.run(input.length, () -> ImageDecoder.decode(new ByteArrayInputStream(input), "x"));
    }

    private static void repair(ByteBuffer png) {
        int at = PNG.length;
        while (at + 12 <= png.limit()) {
            int length = png.getInt(at);
            if (length < 0 || length > png.limit() - at - 12) {
                return;
            }
            CRC32 crc = new CRC32();
            crc.update(png.slice(at + 4, length + 4));
            png.putInt(at + 8 + length, (int) crc.getValue());
            at += length + 12;
        }
    }
}
