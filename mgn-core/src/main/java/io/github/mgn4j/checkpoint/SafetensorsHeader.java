package io.github.mgn4j.checkpoint;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.WeightsException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, completely validated before anything is read or allocated by its claims.
 *
 * @param entries tensors in the order of the header
 * @param metadata texts of {@code __metadata__}
 * @param dataStart the file offset that the tensors' offsets are relative to
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    /**
     * Sixteen branches of ResNet-101 with the state of an optimizer have some 25,000 tensors, whose header takes 3 MB. The
     * format's own library allows 100 MB, for which a parser takes gigabytes.
     */
    static final long MAX_BYTES = 8 << 20;

    static final String METADATA = "__metadata__";

    private static final int MAX_DIMENSIONS = 64;

    /** A tensor: {@code begin} (inclusive) and {@code end} (exclusive) count from {@link #dataStart}. */
    record Entry(String name, DType dtype, List<Integer> shape, long begin, long end) {}

    static SafetensorsHeader read(MappedFile file) throws IOException {
        Path path = file.path();
        WeightsException.check(file.size() >= Long.BYTES, "%s: a safetensors file has 8 bytes or more", path);
        long length = file.slice(0, Long.BYTES).getLong(0);
        FileKind kind = FileKind.of(path).orElse(FileKind.SAFETENSORS);
        WeightsException.check(kind == FileKind.SAFETENSORS, "%s: %s; a safetensors file was expected", path, kind);
        WeightsException.check(
                length >= 2 && length <= MAX_BYTES && length <= file.size() - Long.BYTES,
                "%s: claims a safetensors header of %s bytes, expected 2 to %s",
                path,
                Long.toUnsignedString(length),
                Math.min(MAX_BYTES, file.size() - Long.BYTES));
        long dataStart = Long.BYTES + length;
        Parser parser = new Parser(path, text(path, file.slice(Long.BYTES, length)));
        SafetensorsHeader header = parser.parse(dataStart);
        header.checkLayout(path, file.size() - dataStart);
        return header;
    }

    private static String text(Path path, ByteBuffer bytes) {
        WeightsException.check(bytes.get(0) == '{', "%s: its safetensors header does not begin with '{'", path);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new WeightsException(path + ": its safetensors header is not UTF-8", e);
        }
    }

    /** Checks that tensors cover the data exactly: no overlap, no gap, nothing behind the last. */
    private void checkLayout(Path path, long dataSize) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long position = 0;
        for (Entry entry : sorted) {
            WeightsException.check(
                    entry.begin() == position,
                    "%s: tensor '%s' begins at %s, %s (expected %s)",
                    path,
                    entry.name(),
                    entry.begin(),
                    entry.begin() < position ? "overlapping another" : "leaving a hole",
                    position);
            WeightsException.check(
                    entry.end() <= dataSize,
                    "%s: tensor '%s' ends at %s, the file has %s bytes of data",
                    path,
                    entry.name(),
                    entry.end(),
                    dataSize);
            position = entry.end();
        }
        WeightsException.check(
                position == dataSize,
                "%s: its tensors take %s bytes, the file has %s bytes of data",
                path,
                position,
                dataSize);
    }

    /** Parses the header's JSON key by key: a tree would hide duplicates and cost memory. */
    private static final class Parser {
        private final Path path;
        private final JsonReader json;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Parser(Path path, String text) {
            this.path = path;
            this.json = new JsonReader(new StringReader(text));
            json.setStrictness(Strictness.STRICT);
        }

        SafetensorsHeader parse(long dataStart) throws IOException {
            try {
                boolean hasMetadata = false;
                json.beginObject();
                while (json.hasNext()) {
                    String name = json.nextName();
                    if (name.equals(METADATA)) {
                        WeightsException.check(!hasMetadata, "%s: '%s' occurs twice", path, METADATA);
                        hasMetadata = true;
                        readMetadata();
                    } else {
                        WeightsException.check(
                                entries.put(name, entry(name)) == null, "%s: tensor '%s' occurs twice", path, name);
                    }
                }
                json.endObject();
                WeightsException.check(
                        json.peek() == JsonToken.END_DOCUMENT, "%s: text behind the safetensors header's JSON", path);
            } catch (MalformedJsonException
                    | JsonParseException
                    | EOFException
                    | IllegalStateException
                    | NumberFormatException e) {
                throw new WeightsException(path + ": its safetensors header is not the JSON expected", e);
            }
            return new SafetensorsHeader(List.copyOf(entries.values()), metadata, dataStart);
        }

        private void readMetadata() throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                String key = json.nextName();
                WeightsException.check(json.peek() == JsonToken.STRING, "%s: metadata '%s' is not a text", path, key);
                WeightsException.check(
                        metadata.put(key, json.nextString()) == null, "%s: metadata '%s' occurs twice", path, key);
            }
            json.endObject();
        }

        private Entry entry(String name) throws IOException {
            DType dtype = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            json.beginObject();
            while (json.hasNext()) {
                String key = json.nextName();
                switch (key) {
                    case "dtype" -> {
                        WeightsException.check(dtype == null, "%s: tensor '%s' has two dtypes", path, name);
                        dtype = dtype(name);
                    }
                    case "shape" -> {
                        WeightsException.check(shape == null, "%s: tensor '%s' has two shapes", path, name);
                        shape = integers(name, "shape", MAX_DIMENSIONS);
                    }
                    case "data_offsets" -> {
                        WeightsException.check(offsets == null, "%s: tensor '%s' has offsets twice", path, name);
                        offsets = integers(name, "data_offsets", 2);
                    }
                    default ->
                        throw new WeightsException(
                                "%s: tensor '%s' has an unknown key '%s'".formatted(path, name, key));
                }
            }
            json.endObject();
            if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
                throw new WeightsException(
                        "%s: tensor '%s' must have a dtype, a shape and two data_offsets".formatted(path, name));
            }
            return entry(name, dtype, shape, offsets.get(0), offsets.get(1));
        }

        private Entry entry(String name, DType dtype, List<Long> shape, long begin, long end) {
            List<Integer> dims = new ArrayList<>();
            long values = 1;
            for (long dim : shape) {
                WeightsException.check(
                        dim >= 0 && dim <= Integer.MAX_VALUE && (values == 0 || dim <= Integer.MAX_VALUE / values),
                        "%s: tensor '%s' has an impossible shape %s",
                        path,
                        name,
                        shape);
                dims.add((int) dim);
                values *= dim;
            }
            WeightsException.check(
                    begin >= 0 && end >= begin && end - begin == values * dtype.bytes(),
                    "%s: tensor '%s' of shape %s and type %s needs %s bytes, its offsets are %s to %s",
                    path,
                    name,
                    shape,
                    dtype,
                    values * dtype.bytes(),
                    begin,
                    end);
            return new Entry(name, dtype, dims, begin, end);
        }

        private DType dtype(String name) throws IOException {
            String text = json.nextString();
            for (DType dtype : DType.values()) {
                if (dtype.name().equals(text)) {
                    return dtype;
                }
            }
            throw new WeightsException(
                    "%s: tensor '%s' has type '%s', known are %s".formatted(path, name, text, List.of(DType.values())));
        }

        private List<Long> integers(String name, String key, int max) throws IOException {
            List<Long> values = new ArrayList<>();
            json.beginArray();
            while (json.hasNext()) {
                WeightsException.check(values.size() < max, "%s: tensor '%s' has too long a %s", path, name, key);
                WeightsException.check(
                        json.peek() == JsonToken.NUMBER, "%s: tensor '%s' has a %s that is no number", path, name, key);
                values.add(json.nextLong());
            }
            json.endArray();
            return values;
        }
    }
}
