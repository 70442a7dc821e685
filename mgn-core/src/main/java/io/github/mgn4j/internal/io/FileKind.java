package io.github.mgn4j.internal.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kind of a file by its first bytes, for messages about unexpected files. */
public enum FileKind {
    GIT_LFS(
            "a Git LFS pointer, whose file was not fetched ('git lfs pull' does)",
            "version https://git-lfs\\.github\\.com/"),
    HTML("a web page, not what was to be downloaded", "\\s*(?i:<!doctype html|<html)"),
    SAFETENSORS("a safetensors file", ".{4}\0{4}\\{"),
    PYTORCH("a PyTorch checkpoint", "PK\3\4.{26,90}data\\.pkl"),
    ZIP("a zip archive", "PK\3\4"),
    PICKLE("a Python pickle, the format of PyTorch's checkpoints before 1.6", "\u0080[\2-\5]"),
    JPEG("a JPEG image", "\u00ff\u00d8\u00ff"),
    PNG("a PNG image", "\u0089PNG\r\n"),
    BMP("a BMP image", "BM.{4}\0{4}"),
    GIF("a GIF image", "GIF8"),
    WEBP("a WebP image", "RIFF.{4}WEBP"),
    TIFF("a TIFF image", "II\\*\0|MM\0\\*"),
    ISO_MEDIA("an ISO media file (HEIC, AVIF, video)", ".{4}ftyp"),
    NUMPY("a NumPy array", "\u0093NUMPY"),
    HDF5("an HDF5 file, as Keras and MATLAB write", "\u0089HDF"),
    ONNX("an ONNX network", "\\x08[\\x01-\\x1e][\\x12\\x1a\\x22:B]"),
    GZIP("a gzip file", "\u001f\u008b"),
    TAR("a tar archive", ".{257}ustar"),
    PDF("a PDF document", "%PDF"),
    TEXT("a text file", "[\t\r\n\\x20-\\x7e]+\\z");

    private static final int HEAD = 512;

    private final String text;
    private final Pattern start;

    FileKind(String text, String start) {
        this.text = text;
        this.start = Pattern.compile(start, Pattern.DOTALL);
    }

    /** Returns the kind of a file; empty if it is unknown or the file cannot be read. */
    public static Optional<FileKind> of(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the kind of a file that begins with these bytes. */
    public static Optional<FileKind> of(byte[] start) {
        String head = new String(start, 0, Math.min(start.length, HEAD), StandardCharsets.ISO_8859_1);
        return Stream.of(values())
                .filter(kind -> kind.start.matcher(head).lookingAt())
                .findFirst();
    }

    /**
     * Returns the actual kind of a file that should be text, as the end of a message; empty for text and unknown kinds.
     */
    public static String unlessText(Path file) {
        return of(file).filter(kind -> kind != TEXT)
                .map(kind -> ": it is " + kind)
                .orElse("");
    }

    /** Returns the actual kind as the end of a sentence: {@code ", found a JPEG image"}, or an empty text. */
    public static String found(Path file) {
        return of(file).map(kind -> ", found " + kind).orElse("");
    }

    /** Returns a noun with its article. */
    @Override
    public String toString() {
        return text;
    }
}
