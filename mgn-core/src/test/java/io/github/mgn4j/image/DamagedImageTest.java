package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, a decoder gives a picture or an {@link ImageException}, quietly and soon. */
class DamagedImageTest {
    private static final int ROUNDS = 4000;

    /** A decoded or refused image, in far more time than any of these takes. */
    private static final Duration SOON = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "420-37x23-baseline.jpg",
                "420-37x23-progressive.jpg",
                "cmyk-baseline.jpg",
                "exif-6.jpg",
                "c2-d8.png",
                "c3-d4-interlaced.png",
                "b24.bmp",
                "b4.bmp",
                "mask-565.bmp",
                "rle8.bmp",
                "rle8-jump.bmp"
            })
    void givesAPictureOrAnImageException(String name) throws IOException {
        byte[] file = ImageFixtures.bytes("decode/" + name);
        Random random = new Random(name.hashCode());
        List<String> unexpected = new ArrayList<>();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damage(file, random, round % 2 == 0 ? 40 : file.length);
            if (name.endsWith(".png") && round % 3 != 0) {
                Mutations.repairPngChecksums(damaged);
            }
            long start = System.nanoTime();
            try {
                ImageDecoder.decode(new ByteArrayInputStream(damaged), "damaged");
            } catch (ImageException e) {
                refused++;
                String message = String.valueOf(e.getMessage());
                if (!message.startsWith("damaged: ") || message.contains("\n")) {
                    unexpected.add("round " + round + ": " + message);
                }
            } catch (RuntimeException | Error e) {
                unexpected.add("round " + round + ": " + e);
            }
            if (System.nanoTime() - start > SOON.toNanos()) {
                unexpected.add("round " + round + " took " + Duration.ofNanos(System.nanoTime() - start));
            }
        }
        assertThat(unexpected).isEmpty();
        assertThat(refused).isPositive();
    }

    @Test
    void staysQuiet() throws IOException {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream noise = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(noise, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            System.setErr(captured);
            givesAPictureOrAnImageException("444-17x33-baseline.jpg");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(noise.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    /** A damaged note about the camera is no reason to refuse a picture. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 5, 7, 8, 9, 20, 22, 24, 26})
    void passesOverDamagedExif(int at) {
        byte[] file = ImageFixtures.bytes("decode/exif-6.jpg");
        int tiff = new String(file, StandardCharsets.ISO_8859_1).indexOf("Exif") + 6;
        for (int value = 0; value < 256; value++) {
            file[tiff + at] = (byte) value;
            assertThatCode(() -> ImageDecoder.decode(new ByteArrayInputStream(file), "damaged"))
                    .doesNotThrowAnyException();
        }
    }

    private static byte[] damage(byte[] file, Random random, int within) {
        byte[] damaged = file.clone();
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            damaged[random.nextInt(Math.min(within, file.length))] = (byte) random.nextInt(256);
        }
        return damaged;
    }
}
