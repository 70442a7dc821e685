package io.github.mgn4j.cli;

/** Text as a terminal may be shown it: characters that would steer the terminal, or hide others, are escaped. */
final class Printable {
    private Printable() {}

    /** One line: line breaks are escaped, too. */
    static String line(String text) {
        return escape(text, "");
    }

    /** Lines: breaks and tabs stay. */
    static String lines(String text) {
        return escape(text, "\n\t");
    }

    private static String escape(String text, String kept) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (kept.indexOf(c) >= 0 || !steers(c)) {
                shown.appendCodePoint(c);
            } else {
                for (char part : Character.toChars(c)) {
                    shown.append("\\u%04x".formatted((int) part)); // as in JSON, whose texts stay what they are
                }
            }
        });
        return shown.toString();
    }

    /** Control characters, those that change the direction of writing or cannot be seen, halves of pairs. */
    private static boolean steers(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
