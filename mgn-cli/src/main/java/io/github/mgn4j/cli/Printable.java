package io.github.mgn4j.cli;

/** Escapes text for a terminal: characters that control the terminal or hide others. */
final class Printable {
    private Printable() {}

    /** Returns one line; line breaks are escaped, too. */
    static String line(String text) {
        return escape(text, "");
    }

    /** Returns lines; line breaks and tabs stay. */
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
                    shown.append("\\u%04x".formatted((int) part)); // as in JSON, whose texts keep their meaning
                }
            }
        });
        return shown.toString();
    }

    /**
     * Returns whether a character is a control character, changes the direction of writing, is invisible, or is half a
     * surrogate pair.
     */
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
