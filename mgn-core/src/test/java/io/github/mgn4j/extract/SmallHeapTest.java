package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Resampling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a heap that has no room for a large picture, that picture fails and no other. */
class SmallHeapTest {
    private static final int SIDE = 7000;

    @TempDir
    Path folder;

    @Test
    void onlyTheLargeImageIsLeftOut() throws Exception {
        for (int i = 0; i < 8; i++) {
            Files.write(folder.resolve(i + ".png"), png(i % 4 == 1 ? SIDE : 64));
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Extraction.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(out.lines())
                    .containsExactlyInAnyOrder(
                            "skipped 1.png: decoding it takes more memory than is left of the heap's 96 MiB",
                            "skipped 5.png: decoding it takes more memory than is left of the heap's 96 MiB",
                            "extracted 0.png",
                            "extracted 2.png",
                            "extracted 3.png",
                            "extracted 4.png",
                            "extracted 6.png",
                            "extracted 7.png");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A black square. */
    private static byte[] png(int side) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer header = ByteBuffer.allocate(13).order(ByteOrder.BIG_ENDIAN);
        chunk(out, "IHDR", header.putInt(side).putInt(side).put((byte) 8).array());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (OutputStream deflater = new DeflaterOutputStream(data)) {
            byte[] row = new byte[1 + side];
            for (int y = 0; y < side; y++) {
                deflater.write(row);
            }
        }
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
        chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        out.writeBytes(chunk.putInt((int) crc.getValue()).array());
    }

    /** Extracts a folder's images by a fake engine. */
    public static final class Extraction {
        private Extraction() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            List<Path> images = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                images.add(folder.resolve(i + ".png"));
            }
            ExtractionListener listener = new ExtractionListener() {
                @Override
                public void progress(int done, int total) {}

                @Override
                public void skipped(Path image, Exception reason) {
                    System.out.println(
                            "skipped " + String.valueOf(reason.getMessage()).substring(args[0].length() + 1));
                }
            };
            try (FeatureExtractor extractor =
                    new FeatureExtractor(new FakeEngine(), true, 2, Resampling.BILINEAR, 3, ImageDecoder::decode)) {
                extractor.extract(
                        images,
                        OnError.SKIP,
                        listener,
                        (image, row) -> System.out.println("extracted " + image.getFileName()));
            }
        }
    }
}
