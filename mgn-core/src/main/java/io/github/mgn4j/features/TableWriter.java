package io.github.mgn4j.features;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the lines of a {@link FeatureTable} one by one, and computes its mark. */
final class TableWriter {
    private final Hasher hasher = Hashing.sha256().newHasher();
    private int rows;

    void begin(OutputStream out) throws IOException {
        write(String.join(",", FeatureTable.HEADER) + '\n', out);
    }

    void append(FeatureTable.Entry entry, OutputStream out) throws IOException {
        String pid = entry.pid() == null ? "" : entry.pid().toString();
        String camid = entry.camid() == null ? "" : entry.camid().toString();
        write(rows + "," + Csv.quote(entry.path()) + ',' + pid + ',' + camid + '\n', out);
        count(entry);
    }

    /** Adds a row to the mark without writing it. */
    void count(FeatureTable.Entry entry) {
        hasher.putString(entry.path(), StandardCharsets.UTF_8).putByte((byte) 0);
        rows++;
    }

    private static void write(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    int rows() {
        return rows;
    }

    /**
     * Returns the checksum of the paths in order, never 0, which links a feature file to its table. Labels are not included,
     * since they may be added later. Call it once, after the last row.
     */
    long mark() {
        return Math.max(1, hasher.hash().asLong() & Long.MAX_VALUE);
    }
}
