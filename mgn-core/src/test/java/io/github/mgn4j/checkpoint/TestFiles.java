package io.github.mgn4j.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Files made byte by byte. */
final class TestFiles {
    private TestFiles() {}

    /** A safetensors file of any header and data. */
    static Path safetensors(Path file, String header, byte... data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return safetensors(file, json.length, json, data);
    }

    /** The same with a header length that need not be true. */
    static Path safetensors(Path file, long length, byte[] json, byte... data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json).put(data);
        return Files.write(file, bytes.array());
    }

    /** A file of the test resources, unpacked if it is gzipped, in a folder. */
    static Path resource(Path folder, String name) throws IOException {
        InputStream resource = TestFiles.class.getResourceAsStream("/weights/" + name);
        try (InputStream in = Objects.requireNonNull(resource, name)) {
            byte[] bytes = (name.endsWith(".gz") ? new GZIPInputStream(in) : in).readAllBytes();
            return Files.write(folder.resolve(name.replace(".gz", "")), bytes);
        }
    }

    /** A checkpoint of a pickle and the storage {@code 0}, as PyTorch lays it out. */
    static Path checkpoint(Path file, byte[] pickle, byte... storage) throws IOException {
        return zip(file, Map.of("archive/data.pkl", pickle, "archive/data/0", storage));
    }

    /** A zip archive of uncompressed entries. */
    static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(content.getValue());
                java.util.zip.ZipEntry entry = new java.util.zip.ZipEntry(content.getKey());
                entry.setSize(content.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        }
        return file;
    }

    /** A zip archive of compressed entries, as other programs write them. */
    static Path deflated(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                zip.putNextEntry(new java.util.zip.ZipEntry(content.getKey()));
                zip.write(content.getValue());
            }
        }
        return file;
    }

    /** The entries of a zip archive, in the order of the file. */
    static Map<String, byte[]> unzip(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (java.util.zip.ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return entries;
    }

    /** Bytes of a text in which each character is a byte. */
    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}
