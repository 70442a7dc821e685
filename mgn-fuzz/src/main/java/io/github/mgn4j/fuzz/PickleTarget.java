package io.github.mgn4j.fuzz;

import io.github.mgn4j.checkpoint.TorchCheckpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The pickle of a checkpoint, in an archive whose checksums are right, which no mutation of an archive would be. */
public final class PickleTarget {
    private static final Trial TRIAL = new Trial(4 << 20, 4096);
    private static final int STORAGES = 4;
    private static final int STORAGE_BYTES = 1024;

    private PickleTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "archive/data.pkl", input);
            put(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < STORAGES; i++) {
                put(zip, "archive/data/" + i, new byte[STORAGE_BYTES]);
            }
        }
        Path file = Trial.file("pickle.pth", bytes.toByteArray());
        TRIAL.run(bytes.size(), () -> TorchCheckpoint.read(file));
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
    }
}
