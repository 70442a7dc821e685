package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static RgbImage decode(byte[] data) {
        try {
            return ImageDecoder.decode(new ByteArrayInputStream(data), "test.img");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Object[]> pillow() {
        return ImageFixtures.rows("decode.tsv").stream().map(Object[].class::cast);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pillow")
    void givesPillowsPixels(String name, int width, int height, String crc) {
        RgbImage image = decode(ImageFixtures.bytes("decode/" + name));

        assertThat(image).hasToString("RgbImage[" + width + "x" + height + "]");
        assertThat(ImageFixtures.crc(image)).isEqualTo(crc);
    }

    @Test
    void isTheSameFromManyThreads() {
        byte[] file = ImageFixtures.bytes("decode/420-64x128-progressive.jpg");
        RgbImage expected = decode(file);

        assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> decode(file)))
                .allMatch(expected::equals);
    }

    @Test
    void readsFilesAndNamesThoseThatAreMissing(@TempDir Path folder) throws IOException {
        byte[] data = ImageFixtures.bytes("decode/c2-d8.png");
        Path file = Files.write(folder.resolve("a.png"), data);

        assertThat(ImageDecoder.decode(file)).isEqualTo(decode(data));
        assertThatThrownBy(() -> ImageDecoder.decode(folder.resolve("b.png")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("b.png");
        assertThatThrownBy(() -> ImageDecoder.decode(folder))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(folder + ": a folder");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the file is empty",
                "people, not pixels | not a JPEG, PNG or BMP file",
                "GIF89a............ | but a GIF",
                "RIFF....WEBPVP8 .. | but a WebP"
            })
    void namesFilesOfOtherKinds(String content, String complaint) {
        assertThatThrownBy(() -> decode(content.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("test.img: ")
                .hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "420-37x23-baseline.jpg",
                "444-17x33-progressive.jpg",
                "cmyk-baseline.jpg",
                "gray-progressive.jpg",
                "exif-6.jpg",
                "c2-d8.png",
                "c3-d4-interlaced.png",
                "many-idat.png",
                "b24.bmp",
                "b4.bmp",
                "rle4.bmp"
            })
    void refusesEveryTruncation(String name) {
        byte[] file = ImageFixtures.bytes("decode/" + name);
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            // The last bytes of a bitmap, padding or an end mark, hold nothing: without them the picture is whole.
            boolean whole = name.equals("rle4.bmp") ? length == file.length - 2 : length == file.length - 1;
            if (name.endsWith(".bmp") && whole) {
                assertThat(decode(cut)).isEqualTo(decode(file));
            } else {
                assertThatThrownBy(() -> decode(cut))
                        .as("%s cut to %s of %s bytes", name, length, file.length)
                        .isInstanceOf(ImageException.class)
                        .hasMessageStartingWith("test.img: ")
                        .hasMessageMatching("[^\\n]+");
            }
        }
    }

    /** A file cut short and closed again is no shorter picture: half of it would be gray. */
    @ParameterizedTest
    @ValueSource(strings = {"420-64x128-baseline.jpg", "gray-baseline.jpg", "cmyk-baseline.jpg"})
    void refusesAScanThatEndsEarly(String name) {
        byte[] file = ImageFixtures.bytes("decode/" + name);
        byte[] cut = Arrays.copyOf(file, file.length - 50);
        cut[cut.length - 2] = (byte) 0xff;
        cut[cut.length - 1] = (byte) 0xd9;

        assertThatThrownBy(() -> decode(cut)).isInstanceOf(ImageException.class).hasMessageContaining("corrupt JPEG");
    }

    @ParameterizedTest
    @CsvSource({
        "420-64x128-baseline.jpg, 163, 255",
        "c2-d8.png, 16, 127",
        "b24.bmp, 20, 64",
        "b24.bmp, 21, 127",
    })
    void refusesAbsurdSizesBeforeAllocating(String name, int at, int value) {
        byte[] file = ImageFixtures.bytes("decode/" + name);
        if (name.endsWith(".jpg")) {
            int frame = IntStream.range(0, file.length)
                    .filter(i -> file[i] == (byte) 0xff && file[i + 1] == (byte) 0xc0)
                    .findFirst()
                    .orElseThrow();
            file[frame + 5] = (byte) value;
            file[frame + 7] = (byte) value;
        } else {
            file[at] = (byte) value;
        }
        if (name.endsWith(".png")) {
            CRC32 crc = new CRC32();
            crc.update(file, 12, 17);
            ByteBuffer.wrap(file).putInt(29, (int) crc.getValue());
        }

        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("the header claims");
    }

    /** Runs may leave out any number of pixels: a file of no size could ask for all the memory there is. */
    @Test
    void refusesARunLengthBitmapThatItsFileCannotHold() {
        byte[] file = ImageFixtures.bytes("decode/rle8.bmp");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 7000).putInt(22, 7000);

        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("test.img: truncated BMP: " + file.length + " bytes cannot hold 7000x7000 pixels");
    }
}
