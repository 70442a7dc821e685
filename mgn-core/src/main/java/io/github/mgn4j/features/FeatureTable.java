package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which image each row of a feature matrix is of: the file {@code F.csv} beside {@code F.npy}, with the header
 * {@code row,path,pid,camid} (RFC 4180, UTF-8, rows numbered from 0 in order). Immutable.
 */
public record FeatureTable(List<Entry> entries) {
    private static final int SHOWN = 60;
    private static final List<String> HEADER = List.of("row", "path", "pid", "camid");

    /**
     * One image.
     *
     * @param path as it was found, relative to the folder of images, with {@code /}, as {@link FileNames} writes it
     * @param pid person, -1 for junk, 0 for distractors; null where the file's name does not say
     * @param camid camera; null where the file's name does not say
     */
    public record Entry(
            String path, @Nullable Integer pid, @Nullable Integer camid) {}

    public FeatureTable {
        entries = List.copyOf(entries);
    }

    /** Number of rows. */
    public int size() {
        return entries.size();
    }

    /** The table that belongs to a feature file: the same name with {@code .csv} in place of {@code .npy}. */
    public static Path beside(Path npy) {
        Path file = npy.getFileName();
        String name = file == null ? "" : FileNames.text(file);
        String stem =
                name.regionMatches(true, name.length() - 4, ".npy", 0, 4) ? name.substring(0, name.length() - 4) : name;
        return npy.resolveSibling(FileNames.path(stem + ".csv"));
    }

    /**
     * Reads a table.
     *
     * @throws FeatureException if it is no such table, naming the line
     * @throws IOException if it cannot be read
     */
    public static FeatureTable read(Path file) throws IOException {
        FeatureException.checkFile(file, "a table (.csv)");
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new FeatureException(FileNames.text(file) + ": is not UTF-8 text" + FileKind.found(file));
        }
        List<Csv.Row> rows = Csv.parse(file, text);
        check(
                !rows.isEmpty() && rows.get(0).fields().equals(HEADER),
                "%s: begins with '%s', expected the header '%s'%s",
                file,
                rows.isEmpty() ? "" : start(String.join(",", rows.get(0).fields())),
                String.join(",", HEADER),
                FileKind.unlessText(file));
        List<Entry> entries = new ArrayList<>();
        for (Csv.Row row : rows.subList(1, rows.size())) {
            List<String> fields = row.fields();
            check(
                    fields.size() == HEADER.size(),
                    "%s: line %d has %d fields, expected %d",
                    file,
                    row.line(),
                    fields.size(),
                    HEADER.size());
            check(
                    fields.get(0).equals(Integer.toString(entries.size())),
                    "%s: line %d is row '%s', expected %d",
                    file,
                    row.line(),
                    start(fields.get(0)),
                    entries.size());
            entries.add(new Entry(
                    fields.get(1),
                    number(file, row.line(), "pid", fields.get(2)),
                    number(file, row.line(), "camid", fields.get(3))));
        }
        return new FeatureTable(entries);
    }

    /** The beginning of a text. */
    private static String start(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }

    private static @Nullable Integer number(Path file, int line, String column, String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new FeatureException(FileNames.text(file) + ": line " + line + " has " + column + " '" + start(text)
                    + "', expected a whole number of at most " + Integer.MAX_VALUE + " or nothing");
        }
    }

    /**
     * Writes the table; the file appears whole or not at all.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        AtomicFile.writeString(file, text());
    }

    String text() {
        StringBuilder text = new StringBuilder(String.join(",", HEADER)).append('\n');
        for (int row = 0; row < entries.size(); row++) {
            Entry entry = entries.get(row);
            text.append(row).append(',').append(Csv.quote(entry.path())).append(',');
            text.append(entry.pid() == null ? "" : entry.pid()).append(',');
            text.append(entry.camid() == null ? "" : entry.camid()).append('\n');
        }
        return text.toString();
    }

    /**
     * Returns the checksum of the paths in their order, never 0: by it, a feature file knows its table again. Labels are not
     * in it, since they may be filled in later.
     */
    long mark() {
        Hasher hasher = Hashing.sha256().newHasher();
        for (Entry entry : entries) {
            hasher.putString(entry.path(), StandardCharsets.UTF_8).putByte((byte) 0);
        }
        return Math.max(1, hasher.hash().asLong() & Long.MAX_VALUE);
    }
}
