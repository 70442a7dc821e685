package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Assigns an image to each row of a feature matrix: the file {@code F.csv} beside {@code F.npy}, with the header
 * {@code row,path,pid,camid} (RFC 4180, UTF-8, rows numbered from 0 in order). Immutable.
 *
 * @param entries the rows in order
 */
public record FeatureTable(List<Entry> entries) {
    private static final int SHOWN = 60;
    static final List<String> HEADER = List.of("row", "path", "pid", "camid");

    /**
     * A row of the file. Unlike a {@link ReidImage}, it may come from another system: its path is text, and its labels may be
     * missing.
     *
     * @param path the image's path relative to the folder of images, with {@code /}, as {@link FileNames} writes it
     * @param pid the person, {@link ReidImage#JUNK} or {@link ReidImage#DISTRACTOR}; null if unknown
     * @param camid the camera; null if unknown
     */
    public record Entry(
            String path, @Nullable Integer pid, @Nullable Integer camid) {
        /** Returns the row of an image in a folder, with labels if the file name has those of Market-1501. */
        public static Entry of(Path folder, Path image) {
            Optional<ReidImage> labelled = MarketName.parse(folder, FileNames.text(image.getFileName()));
            return new Entry(
                    FileNames.relative(folder, image),
                    labelled.map(ReidImage::pid).orElse(null),
                    labelled.map(ReidImage::camid).orElse(null));
        }
    }

    public FeatureTable {
        entries = List.copyOf(entries);
    }

    /** Returns the number of rows. */
    public int size() {
        return entries.size();
    }

    /**
     * Returns the rows as images in a folder, in order. A path that is not valid on this system becomes the folder itself,
     * which cannot be read as an image either.
     *
     * @throws FeatureException if a row has no pid
     */
    public List<ReidImage> images(Path folder) {
        List<ReidImage> images = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Integer pid = entry.pid();
            Integer camid = entry.camid();
            if (pid == null) {
                throw new FeatureException(
                        "row " + images.size() + " (" + entry.path() + ") has no pid, expected one for every image");
            }
            images.add(new ReidImage(
                    resolve(folder, entry.path()), pid, camid == null ? ReidImage.UNKNOWN_CAMERA : camid));
        }
        return images;
    }

    /** Returns whether the first image of the table exists in a folder. */
    public boolean isOf(Path folder) {
        return !entries.isEmpty() && Files.exists(resolve(folder, entries.get(0).path()));
    }

    private static Path resolve(Path folder, String path) {
        try {
            return FileNames.resolve(folder, path);
        } catch (InvalidPathException e) {
            return folder;
        }
    }

    /**
     * Returns the table's path for a feature file: the same name with {@code .csv} in place of {@code .npy}.
     */
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
     * @throws FeatureException if the file is not such a table; the message names the line
     * @throws IOException if the file cannot be read
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

    /** Returns the beginning of a text. */
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
     * Writes the table; the file appears complete or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, out -> {
            TableWriter writer = new TableWriter();
            writer.begin(out);
            for (Entry entry : entries) {
                writer.append(entry, out);
            }
        });
    }

    /** Returns the checksum of the paths in order, as {@link TableWriter#mark}. */
    long mark() {
        TableWriter writer = new TableWriter();
        entries.forEach(writer::count);
        return writer.mark();
    }
}
