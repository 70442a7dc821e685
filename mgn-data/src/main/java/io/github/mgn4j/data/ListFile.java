package io.github.mgn4j.data;

import com.google.common.base.CharMatcher;
import io.github.mgn4j.internal.io.FileNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads UTF-8 text files that list images, line by line: a list may have a million. */
final class ListFile {
    private ListFile() {}

    /** Receives one line. */
    @FunctionalInterface
    interface Line {
        /**
         * Receives a line that is not blank.
         *
         * @param text the line without surrounding white space
         * @param where file and line, for messages
         */
        void take(String text, String where);
    }

    /**
     * Reads a list.
     *
     * @throws DatasetException if it is not text (it has a zero byte), or contains only blank lines
     */
    static void read(Path list, Line line) throws IOException {
        boolean empty = true;
        String name = FileNames.text(list);
        // Latin-1 keeps every byte: names need not be UTF-8.
        try (BufferedReader reader = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            int number = 1;
            for (String bytes = reader.readLine(); bytes != null; bytes = reader.readLine()) {
                DatasetException.check(bytes.indexOf('\0') < 0, "%s: line %s: not a text file in UTF-8", name, number);
                if (!bytes.isBlank()) {
                    empty = false;
                    line.take(text(bytes).strip(), name + " line " + number);
                }
                number++;
            }
        }
        DatasetException.check(!empty, "%s: lists no image", list);
    }

    /** Returns the text of a line's bytes, with names that are not UTF-8 as {@link FileNames} writes them. */
    private static String text(String bytes) {
        return CharMatcher.ascii().matchesAllOf(bytes)
                ? bytes
                : FileNames.decode(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }
}
