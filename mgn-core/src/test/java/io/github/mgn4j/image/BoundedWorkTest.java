package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that would take a decoder long, or much memory, are refused before it begins. */
@Timeout(30)
class BoundedWorkTest {
    private static final byte[] PROGRESSIVE = ImageFixtures.bytes("decode/420-37x23-progressive.jpg");
    private static final byte[] CMYK = ImageFixtures.bytes("decode/cmyk-baseline.jpg");

    private static RgbImage decode(byte[] file) throws IOException {
        return ImageDecoder.decode(new ByteArrayInputStream(file), "x");
    }

    private static int find(byte[] file, int marker) {
        return new String(file, StandardCharsets.ISO_8859_1).indexOf("\u00ff" + (char) marker);
    }

    /** The file with its scans so many times, other dimensions, and as many bytes as its pixels justify. */
    private static byte[] jpeg(byte[] file, int times, int frame, int width, int height) {
        int scans = find(file, 0xda);
        int end = file.length - 2;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Arrays.copyOf(file, scans));
        for (int i = 0; i < times; i++) {
            out.write(file, scans, end - scans);
        }
        out.writeBytes(new byte[width * height / 512]); // litter in the last scan
        out.write(file, end, 2);
        ByteBuffer made = ByteBuffer.wrap(out.toByteArray());
        made.putShort(find(file, frame) + 5, (short) height);
        made.putShort(find(file, frame) + 7, (short) width);
        return made.array();
    }

    @Test
    void scansTimesPixels() throws IOException {
        // Ten scans, of fourteen components together: 14 x 49,000,000 samples are allowed, twice as many are not.
        assertThatThrownBy(() -> decode(jpeg(PROGRESSIVE, 2, 0xc2, 7000, 7000)))
                .isInstanceOf(ImageException.class)
                .hasMessage("x: unsupported JPEG: 16 scans of 7000x7000 pixels take too long; expected at most 100 and"
                        + " 1073741824 samples in all");
        assertThatThrownBy(() -> decode(jpeg(PROGRESSIVE, 11, 0xc2, 37, 23)))
                .hasMessageStartingWith("x: unsupported JPEG: 101 scans of 37x23 pixels take too long");
        assertThat(decode(PROGRESSIVE).width()).isEqualTo(37);
    }

    @Test
    void pixelsTimesComponents() {
        assertThatThrownBy(() -> decode(jpeg(CMYK, 1, 0xc0, 7000, 7000)))
                .isInstanceOf(ImageException.class)
                .hasMessage(
                        "x: unsupported JPEG: 7000x7000 pixels of 4 components, expected at most 150000000 samples");
    }

    /** So many that the column's number overflows, and would be one within the row again. */
    @Test
    void runsBeyondARow() throws IOException {
        byte[] rle8 = ImageFixtures.bytes("decode/rle8.bmp");
        int pixels = ByteBuffer.wrap(rle8).order(ByteOrder.LITTLE_ENDIAN).getInt(10);
        int runs = (int) ((1L << 32) / 255) + 1;
        byte[] file = Arrays.copyOf(rle8, pixels + 2 * runs + 2);
        for (int i = 0; i < runs; i++) {
            file[pixels + 2 * i] = (byte) 255;
            file[pixels + 2 * i + 1] = 1;
        }
        file[file.length - 1] = 1; // end of the picture
        RgbImage image = decode(file);
        assertThat(image.pixel(7, 4)).isEqualTo(image.pixel(0, 4));
        assertThat(image.pixel(0, 3)).isEqualTo(image.pixel(7, 0));
    }

    /** Chunks are not listed in memory: a file may have millions of empty ones. */
    @Test
    void emptyChunks() throws IOException {
        byte[] png = ImageFixtures.bytes("decode/many-idat.png");
        int first = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") - 4;
        byte[] empty = {0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, (byte) 0xaf, 0x06, 0x1e};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(png, 0, first);
        for (int i = 0; i < 1000; i++) {
            out.writeBytes(empty);
        }
        out.write(png, first, png.length - first);
        assertThat(decode(out.toByteArray())).isEqualTo(decode(png));
    }
}
