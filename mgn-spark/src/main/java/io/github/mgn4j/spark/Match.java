package io.github.mgn4j.spark;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A true match of a query.
 *
 * @param query its index in the block
 * @param path the gallery entry, which orders entries of equal distance
 */
record Match(int query, double distance, String path) implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Compares paths as Spark sorts strings, by UTF-8 bytes; Java's order differs beyond U+FFFF. */
    static final Comparator<String> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    /** Nearest first. */
    static final Comparator<Match> BY_DISTANCE =
            Comparator.comparingDouble(Match::distance).thenComparing(Match::path, BY_BYTES);
}
