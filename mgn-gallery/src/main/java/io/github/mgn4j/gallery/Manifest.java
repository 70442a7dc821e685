package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The file {@code gallery.json}, which says what a folder holds and which files are current.
 *
 * @param dims length of a feature
 * @param generation number of the current files; a compaction writes those of the next
 */
record Manifest(int dims, DistanceMetric metric, long generation) {
    /** The version of the format of all files. */
    static final int VERSION = 1;

    private static final String NAME = "gallery.json";
    private static final String FORMAT = "mgn4j-gallery";
    private static final String EXPECTED = "a gallery (mgn gallery add creates one)";

    static Path in(Path folder) {
        return folder.resolve(NAME);
    }

    Path log(Path folder) {
        return folder.resolve("entries-" + generation + ".log");
    }

    Path features(Path folder) {
        return folder.resolve("features-" + generation + ".bin");
    }

    Path index(Path folder) {
        return folder.resolve("index-" + generation + ".bin");
    }

    Path snapshot(Path folder) {
        return folder.resolve("snapshot-" + generation + ".bin");
    }

    Manifest next() {
        return new Manifest(dims, metric, generation + 1);
    }

    void write(Path folder) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", VERSION);
        json.addProperty("dims", dims);
        json.addProperty("metric", metric.name().toLowerCase(Locale.ROOT));
        json.addProperty("generation", generation);
        json.addProperty("checksum", checksum());
        AtomicFile.writeString(in(folder), json + "\n");
        force(folder);
    }

    /** Forces the names of a folder's files to disk, where the system can. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders, and needs none of this.
        }
    }

    private long checksum() {
        CRC32C crc = new CRC32C();
        crc.update((FORMAT + VERSION + "," + dims + "," + metric + "," + generation).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    static Manifest read(Path folder) throws IOException {
        Path file = in(folder);
        check(Files.exists(folder), "%s: no such folder, expected %s", folder, EXPECTED);
        check(Files.isDirectory(folder), "%s: is no folder, expected %s", folder, EXPECTED);
        check(Files.exists(file), "%s: holds no %s, expected %s", folder, NAME, EXPECTED);
        Manifest manifest;
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            check(FORMAT.equals(json.get("format").getAsString()), "%s: is damaged, or not that of a gallery", file);
            int version = json.get("version").getAsInt();
            check(
                    version >= 1 && version <= VERSION,
                    "%s: has version %d, expected at most %d: a newer mgn4j wrote it",
                    file,
                    version,
                    VERSION);
            manifest = new Manifest(
                    json.get("dims").getAsInt(),
                    DistanceMetric.valueOf(json.get("metric").getAsString().toUpperCase(Locale.ROOT)),
                    json.get("generation").getAsLong());
            check(
                    manifest.checksum() == json.get("checksum").getAsLong(),
                    "%s: is damaged: its checksum differs",
                    file);
        } catch (GalleryException e) {
            throw e;
        } catch (JsonParseException
                | MalformedInputException
                | IllegalStateException
                | NullPointerException
                | IllegalArgumentException
                | UnsupportedOperationException e) {
            throw new GalleryException(FileNames.text(file) + ": is damaged: " + e.getMessage());
        }
        return manifest;
    }
}
