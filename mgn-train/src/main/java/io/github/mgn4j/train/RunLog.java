package io.github.mgn4j.train;

import com.google.common.base.CharMatcher;
import com.google.common.primitives.Longs;
import io.github.mgn4j.internal.io.AtomicFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A CSV file that gains a row at some of the iterations and is truncated when a run is resumed. */
final class RunLog implements AutoCloseable {
    private final Path file;
    private final @Nullable Object key;
    private final BufferedWriter out;

    private RunLog(Path file, BufferedWriter out) throws IOException {
        this.file = file;
        this.out = out;
        key = key();
    }

    /**
     * Opens a file to append to. Rows up to {@code lastIteration} stay; later rows, of lost work, are removed.
     *
     * @param header first line; one column is called {@code iteration}
     */
    static RunLog open(Path file, String header, long lastIteration) throws IOException {
        StringBuilder kept = new StringBuilder(header).append('\n');
        if (lastIteration > 0 && Files.exists(file)) {
            int column = CharMatcher.is(',').countIn(header.substring(0, header.indexOf("iteration")));
            int columns = CharMatcher.is(',').countIn(header) + 1;
            long last = 0;
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            for (String row : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
                String[] cells = row.split(",", -1);
                Long iteration = cells.length == columns ? Longs.tryParse(cells[column]) : null;
                if (iteration != null && iteration > last && iteration <= lastIteration) {
                    kept.append(row).append('\n');
                    last = iteration;
                }
            }
        }
        AtomicFile.writeString(file, kept.toString());
        return new RunLog(file, Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
    }

    /** Appends a row and flushes it, so that a run can be watched. */
    void row(String row) throws IOException {
        if (!Objects.equals(key, key())) {
            throw new FileSystemException(file.toString(), null, "was replaced while the training was writing to it");
        }
        try {
            out.write(row);
            out.write('\n');
            out.flush();
        } catch (IOException e) { // the disk may be full; the exception does not name the file
            throw new FileSystemException(file.toString(), null, "cannot be written: " + e.getMessage());
        }
    }

    /** Returns a key that distinguishes the file from another one of the same name; null if the system has none. */
    private @Nullable Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
