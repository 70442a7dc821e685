package io.github.mgn4j.data;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads {@code path,pid,camid,split} files. Paths are relative to the file's folder; {@code camid} may be empty.
 */
final class CsvListing {
    private static final List<String> HEADER = List.of("path", "pid", "camid", "split");
    private static final String HEADER_LINE = String.join(",", HEADER);
    /** Longer than any header. */
    private static final int HEAD = 1 << 10;

    private static final int SHOWN = 60;

    private static final Pattern CAMERA = Pattern.compile("\\d{0,8}");
    private static final Map<String, Split> SPLITS =
            Arrays.stream(Split.values()).collect(Collectors.toUnmodifiableMap(Split::folder, Function.identity()));

    private final Path file;
    private final Path folder;
    private final CameraPattern cameras;
    private final Interner<Path> folders = Interners.newStrongInterner();
    private final Interner<String> names = Interners.newStrongInterner();
    private final List<IdentityNumbering.Entry> entries = new ArrayList<>();
    private final Set<Place> seen = new HashSet<>();
    private final MissingImages missing = new MissingImages();
    private boolean headed;

    private record Place(Split split, Path folder, String name) {}

    private CsvListing(Path file, CameraPattern cameras) {
        this.file = file;
        this.cameras = cameras;
        folder = Folders.parent(file.toAbsolutePath());
    }

    /** Returns whether a file begins with the header. */
    static boolean isListing(Path file) {
        return Files.isRegularFile(file) && isHeader(firstLine(file));
    }

    /**
     * Describes the wrong header of the first file that could be meant as a listing; empty if there is none.
     */
    static String complaint(List<Path> files) {
        return files.stream()
                .filter(file -> Files.isRegularFile(file) && !isListing(file))
                .findFirst()
                .map(file -> "; %s begins with '%s', a listing with %s"
                        .formatted(FileNames.text(file), start(firstLine(file)), HEADER_LINE))
                .orElse("");
    }

    private static String start(String line) {
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }

    private static String firstLine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return FileNames.decode(in.readNBytes(HEAD)).lines().findFirst().orElse("");
        } catch (IOException e) {
            return ""; // unreadable: not a listing
        }
    }

    private static boolean isHeader(String line) {
        String header = line.startsWith("\uFEFF") ? line.substring(1) : line;
        return HEADER.equals(fields(header.strip().toLowerCase(Locale.ROOT)));
    }

    static List<IdentityNumbering.Entry> read(Path file, CameraPattern cameras) throws IOException {
        CsvListing listing = new CsvListing(file, cameras);
        ListFile.read(file, listing::take);
        listing.missing.check(listing.entries.size());
        DatasetException.check(!listing.entries.isEmpty(), "%s: lists no image", file);
        return listing.entries;
    }

    private void take(String line, String where) {
        if (!headed) {
            DatasetException.check(
                    isHeader(line),
                    "%s: the header %s expected, found '%s'%s",
                    file,
                    HEADER_LINE,
                    start(line),
                    FileKind.unlessText(file));
            headed = true;
            return;
        }
        IdentityNumbering.Entry entry = entry(line, where);
        DatasetException.check(
                seen.add(new Place(entry.split(), entry.folder(), entry.name())),
                "%s: listed twice: %s",
                where,
                entry.path());
        entries.add(entry);
    }

    private IdentityNumbering.Entry entry(String line, String where) {
        List<String> fields = fields(line);
        DatasetException.check(
                fields.size() == HEADER.size(), "%s: %s expected, found %s fields", where, HEADER_LINE, fields.size());
        Path image;
        try {
            image = FileNames.resolve(folder, fields.get(0)).normalize();
        } catch (InvalidPathException e) {
            throw new DatasetException(where + ": not a path: '" + fields.get(0) + "'", e);
        }
        if (!Files.isRegularFile(image)) {
            missing.add(where, FileNames.text(image));
        }
        DatasetException.check(!fields.get(1).isEmpty(), "%s: the pid is empty", where);
        String camera = fields.get(2);
        DatasetException.check(
                CAMERA.matcher(camera).matches(), "%s: a camera number or nothing expected, found '%s'", where, camera);
        Split split = SPLITS.get(fields.get(3).toLowerCase(Locale.ROOT));
        if (split == null) {
            throw new DatasetException(
                    where + ": the split train, query or gallery expected, found '" + fields.get(3) + "'");
        }
        return new IdentityNumbering.Entry(
                folders.intern(Folders.parent(image)),
                Folders.fileName(image),
                names.intern(fields.get(1)),
                names.intern(camera.isEmpty() ? cameras.find(fields.get(0), where) : camera),
                split);
    }

    /** Splits a line at its commas. A field may be in double quotes, with quotes inside doubled. */
    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(HEADER.size());
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
