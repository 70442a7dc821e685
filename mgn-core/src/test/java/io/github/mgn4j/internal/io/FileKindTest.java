package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileKindTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            version https://git-lfs.github.com/spec/v1%noid sha256:00 | GIT_LFS
            <!DOCTYPE html><html> | HTML
            %n<HTML lang=en> | HTML
            \u00ff\u00d8\u00ff\u00e0 | JPEG
            \u0089PNG%r%n | PNG
            GIF89a | GIF
            RIFF....WEBPVP8 | WEBP
            ....ftypheic | ISO_MEDIA
            \u0093NUMPY | NUMPY
            %PDF-1.7 | PDF
            p: 4 | TEXT
            """)
    void kindsAreToldByTheirFirstBytes(String start, FileKind kind) {
        String latin1 = start.replace("%n", "\n").replace("%r", "\r");
        assertThat(FileKind.of(latin1.getBytes(StandardCharsets.ISO_8859_1))).contains(kind);
    }

    @Test
    void binaryKindsAreToldByTheirFirstBytes() throws IOException {
        assertThat(FileKind.of(new byte[] {8, 7, 0x12, 7, 'p'})).contains(FileKind.ONNX);
        assertThat(FileKind.of(new byte[] {(byte) 0x80, 2, (byte) 0x8a})).contains(FileKind.PICKLE);
        assertThat(FileKind.of(new byte[] {8, 7, 0x12, 0, 0, 0, 0, 0, '{', '"'}))
                .contains(FileKind.SAFETENSORS);
        assertThat(FileKind.of(new byte[] {'B', 'M', 1, 2, 3, 4, 0, 0, 0, 0})).contains(FileKind.BMP);
        assertThat(FileKind.of(new byte[] {1, 2, 3})).isEmpty();
        assertThat(FileKind.of(new byte[0])).isEmpty();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        new GZIPOutputStream(gzip).close();
        assertThat(FileKind.of(gzip.toByteArray())).contains(FileKind.GZIP);
        assertThat(FileKind.of(zip("archive/data.pkl"))).contains(FileKind.PYTORCH);
        assertThat(FileKind.of(zip("word/document.xml"))).contains(FileKind.ZIP);
    }

    @Test
    void whatIsNoFileHasNoKind() throws IOException {
        assertThat(FileKind.of(folder)).isEmpty();
        assertThat(FileKind.found(folder.resolve("nowhere"))).isEmpty();
        assertThat(FileKind.found(Files.write(folder.resolve("x"), zip("a")))).isEqualTo(", found a zip archive");
    }

    private static byte[] zip(String entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
        }
        return bytes.toByteArray();
    }
}
