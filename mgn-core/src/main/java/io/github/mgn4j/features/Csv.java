package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parses RFC 4180: comma-separated fields, quoted if they contain a comma, a quote or a line break. */
final class Csv {
    private Csv() {}

    /** A record and the line, from 1, on which it begins. */
    record Row(int line, List<String> fields) {}

    static String quote(String field) {
        for (int i = 0; i < field.length(); i++) {
            if (isSpecial(field.charAt(i))) {
                return '"' + field.replace("\"", "\"\"") + '"';
            }
        }
        return field;
    }

    /**
     * Returns the records of a text. Line breaks are LF or CRLF; a byte order mark and empty lines are skipped.
     */
    static List<Row> parse(Path file, String text) {
        List<Row> rows = new ArrayList<>();
        int line = 1;
        int at = text.startsWith("\ufeff") ? 1 : 0;
        while (at < text.length()) {
            List<String> fields = new ArrayList<>();
            int first = line;
            boolean more = true;
            while (more) {
                if (at < text.length() && text.charAt(at) == '"') {
                    StringBuilder field = new StringBuilder();
                    int from = at++;
                    while (at < text.length() && (text.charAt(at) != '"' || text.startsWith("\"\"", at))) {
                        char c = text.charAt(at);
                        field.append(c);
                        line += c == '\n' ? 1 : 0;
                        at += c == '"' ? 2 : 1;
                    }
                    check(at < text.length(), "%s: line %d: quote at character %d is never closed", file, first, from);
                    at++;
                    fields.add(field.toString());
                } else {
                    int from = at;
                    while (at < text.length() && !isSpecial(text.charAt(at))) {
                        at++;
                    }
                    fields.add(text.substring(from, at));
                }
                more = at < text.length() && text.charAt(at) == ',';
                at += more ? 1 : 0;
            }
            int ending = lineBreak(text, at);
            check(
                    ending > 0 || at == text.length(),
                    "%s: line %d: a quote or carriage return inside a field",
                    file,
                    line);
            at += ending;
            line++;
            if (fields.size() > 1 || !fields.get(0).isEmpty()) {
                rows.add(new Row(first, fields));
            }
        }
        return rows;
    }

    private static boolean isSpecial(char c) {
        return c == ',' || c == '"' || c == '\n' || c == '\r';
    }

    /** Returns the length of the line break at a position; 0 for none. */
    private static int lineBreak(String text, int at) {
        if (at == text.length()) {
            return 0;
        }
        return text.charAt(at) == '\n' ? 1 : text.startsWith("\r\n", at) ? 2 : 0;
    }
}
