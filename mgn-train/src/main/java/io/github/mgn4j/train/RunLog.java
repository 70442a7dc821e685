package io.github.mgn4j.train;

import com.google.common.base.CharMatcher;
import com.google.common.primitives.Longs;
import io.github.mgn4j.io.AtomicFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** A CSV file that grows by a row for some of the iterations, and is cut back when a run is resumed. */
final class RunLog implements AutoCloseable {
    private final BufferedWriter out;

    private RunLog(BufferedWriter out) {
        this.out = out;
    }

    /**
     * Opens a file to append to. What it holds stays up to an iteration; later rows, of work that was lost, go.
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
        return new RunLog(Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
    }

    /** Adds a row, at once: a run is watched while it goes on. */
    void row(String format, Object... cells) throws IOException {
        out.write(String.format(Locale.ROOT, format, cells));
        out.write('\n');
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
