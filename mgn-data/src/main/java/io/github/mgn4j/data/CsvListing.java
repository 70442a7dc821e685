package io.github.mgn4j.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code path,pid,camid,split} files; paths are relative to the file's folder, {@code camid} may be empty. */
final class CsvListing {
    private static final List<String> HEADER = List.of("path", "pid", "camid", "split");
    private static final Pattern CAMERA = Pattern.compile("\\d{0,8}");
    private static final Map<String, Split> SPLITS =
            Arrays.stream(Split.values()).collect(Collectors.toUnmodifiableMap(Split::folder, Function.identity()));

    private CsvListing() {}

    /** Whether a file begins with the header. */
    static boolean isListing(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            return line != null && isHeader(line);
        } catch (IOException e) {
            return false; // unreadable, or not a text file: not a listing
        }
    }

    private static boolean isHeader(String line) {
        String header = line.startsWith("\uFEFF") ? line.substring(1) : line;
        return HEADER.equals(fields(header.strip().toLowerCase(Locale.ROOT)));
    }

    static List<Listing.Entry> read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new DatasetException(file + ": not a text file in UTF-8", e);
        }
        DatasetException.check(
                !lines.isEmpty() && isHeader(lines.get(0)), "%s: the header %s wanted", file, String.join(",", HEADER));
        Path folder = file.toAbsolutePath().getParent();
        List<Listing.Entry> entries = new ArrayList<>(lines.size());
        HashSet<String> seen = new HashSet<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String where = file + " line " + (i + 1);
                Listing.Entry entry = entry(lines.get(i), where, folder);
                DatasetException.check(
                        seen.add(entry.split() + " " + entry.path()), "%s: listed twice: %s", where, entry.path());
                entries.add(entry);
            }
        }
        DatasetException.check(!entries.isEmpty(), "%s: lists no image", file);
        return entries;
    }

    private static Listing.Entry entry(String line, String where, @Nullable Path folder) {
        List<String> fields = fields(line.strip());
        DatasetException.check(
                fields.size() == HEADER.size(),
                "%s: %s wanted, found %s fields",
                where,
                String.join(",", HEADER),
                fields.size());
        Path path;
        try {
            path = Path.of(fields.get(0));
        } catch (InvalidPathException e) {
            throw new DatasetException(where + ": not a path: '" + fields.get(0) + "'", e);
        }
        Path image = folder == null ? path : folder.resolve(path).normalize();
        DatasetException.check(Files.isRegularFile(image), "%s: no such image: %s", where, image);
        DatasetException.check(!fields.get(1).isEmpty(), "%s: the pid is empty", where);
        DatasetException.check(
                CAMERA.matcher(fields.get(2)).matches(),
                "%s: a camera number or nothing wanted, found '%s'",
                where,
                fields.get(2));
        Split split = SPLITS.get(fields.get(3).toLowerCase(Locale.ROOT));
        if (split == null) {
            throw new DatasetException(
                    where + ": the split train, query or gallery wanted, found '" + fields.get(3) + "'");
        }
        return new Listing.Entry(image, fields.get(1), fields.get(2), split);
    }

    /** Splits a line at its commas; a field may stand in double quotes, a quote within being doubled. */
    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
