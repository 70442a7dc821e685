package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.InputFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Galleries as lines of JSON: {@code {"path": TEXT, "pid": NUMBER or null, "camid": NUMBER or null, "time": ISO-8601 or null,
 * "feature": [NUMBER, ...]}}. Other stores for features read them, and what they export comes back.
 */
public final class GalleryNdjson {
    private GalleryNdjson() {}

    /**
     * Writes all committed entries; the file appears complete or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Gallery gallery) throws IOException {
        AtomicFile.write(file, out -> {
            Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            gallery.forEach((entry, feature) -> {
                JsonWriter line = new JsonWriter(text);
                line.setSerializeNulls(true);
                line.beginObject();
                line.name("path").value(entry.path());
                line.name("pid").value(entry.pid());
                line.name("camid").value(entry.camid());
                line.name("time")
                        .value(entry.time() == null ? null : entry.time().toString());
                line.name("feature").beginArray();
                for (float value : feature) {
                    line.value(value);
                }
                line.endArray().endObject();
                text.append('\n');
            });
            text.flush();
        });
    }

    /**
     * Reads entries, one after the other. Labels and times may be missing; empty lines are skipped.
     *
     * @throws GalleryException if a line is not such an object; the message names it
     * @throws IOException if the file cannot be read, or from the sink
     */
    public static void read(Path file, Gallery.Sink sink) throws IOException {
        String obstacle = InputFile.obstacle(file).orElse("");
        check(obstacle.isEmpty(), "%s: %s, expected lines of JSON", file, obstacle);
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    read(file, number, line, sink);
                }
            }
        } catch (CharacterCodingException e) {
            throw GalleryException.of("%s: is not UTF-8 text, expected lines of JSON", file);
        }
    }

    private static void read(Path file, int number, String line, Gallery.Sink sink) throws IOException {
        GalleryEntry entry;
        float[] feature;
        try {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            String time = text(json, "time");
            entry = new GalleryEntry(
                    json.get("path").getAsString(),
                    number(json, "pid"),
                    number(json, "camid"),
                    time == null ? null : Instant.parse(time));
            feature = feature(json.getAsJsonArray("feature"));
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | IllegalArgumentException
                | UnsupportedOperationException
                | ArithmeticException
                | DateTimeException e) {
            throw new GalleryException(FileNames.text(file) + ": line " + number
                    + " is no entry, expected {\"path\": ..., \"feature\": [...]}: " + e.getMessage());
        }
        sink.accept(entry, feature);
    }

    private static float[] feature(JsonArray values) {
        float[] feature = new float[values.size()];
        for (int i = 0; i < feature.length; i++) {
            feature[i] = values.get(i).getAsFloat();
        }
        return feature;
    }

    private static @Nullable String text(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    private static @Nullable Integer number(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value == null || value.isJsonNull()
                ? null
                : Integer.valueOf(value.getAsBigDecimal().intValueExact());
    }
}
