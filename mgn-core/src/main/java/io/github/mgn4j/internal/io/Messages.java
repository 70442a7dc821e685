package io.github.mgn4j.internal.io;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Sanitises the text of exceptions: one line without terminal commands, even if it quotes the content of a file.
 */
public final class Messages {
    private static final Pattern BREAK = Pattern.compile("\\s*\\R\\s*");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[\\x80-\\x9f]");

    private Messages() {}

    /** Returns a message with semicolons for line breaks, and other control characters escaped as in JSON. */
    public static String oneLine(String message) {
        return CONTROL.matcher(BREAK.matcher(message).replaceAll("; "))
                .replaceAll(match -> String.format(
                        Locale.ROOT, "\\\\u%04x", (int) match.group().charAt(0)));
    }
}
