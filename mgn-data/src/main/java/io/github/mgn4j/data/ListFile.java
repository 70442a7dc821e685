package io.github.mgn4j.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text files that list images, a line at a time: a list may have a million. */
final class ListFile {
    private ListFile() {}

    /** Takes one line. */
    @FunctionalInterface
    interface Line {
        /**
         * A line that is not blank.
         *
         * @param text without white space around it
         * @param where file and line, for messages
         */
        void take(String text, String where);
    }

    /**
     * Reads a list.
     *
     * @throws DatasetException when it is no text, or holds nothing but blank lines
     */
    static void read(Path list, Line line) throws IOException {
        boolean empty = true;
        try (BufferedReader reader = Files.newBufferedReader(list)) {
            int number = 1;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                if (!text.isBlank()) {
                    empty = false;
                    line.take(text.strip(), list + " line " + number);
                }
                number++;
            }
        } catch (CharacterCodingException e) {
            throw new DatasetException(list + ": not a text file in UTF-8", e);
        }
        DatasetException.check(!empty, "%s: lists no image", list);
    }
}
