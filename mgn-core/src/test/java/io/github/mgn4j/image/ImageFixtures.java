package io.github.mgn4j.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** Files made by tools/reference/make_image_fixtures.py, and the formulas that it shares with these tests. */
final class ImageFixtures {
    private ImageFixtures() {}

    static byte[] bytes(String name) {
        try (InputStream in = ImageFixtures.class.getResourceAsStream("/image/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no fixture " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cells of a table without its heading. */
    static List<String[]> rows(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .toList();
    }

    static String crc(RgbImage image) {
        CRC32 crc = new CRC32();
        crc.update(image.rgb());
        return String.format("%08x", crc.getValue());
    }

    static RgbImage pattern(String kind, int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        int i = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    int h = x * 0x9E3779B1 ^ y * 0x85EBCA77 ^ c * 0xC2B2AE3D;
                    h ^= h >>> 15;
                    h *= 0x2C1B3C6D;
                    h ^= h >>> 12;
                    rgb[i++] = (byte)
                            switch (kind) {
                                case "smooth" -> x * 5 + y * 3 + c * 40;
                                case "noise" -> h;
                                case "extremes" -> (h & 1) * 255;
                                default -> throw new IllegalArgumentException(kind);
                            };
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }
}
