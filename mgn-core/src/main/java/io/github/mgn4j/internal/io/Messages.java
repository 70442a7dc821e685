package io.github.mgn4j.internal.io;

import java.util.Locale;
import java.util.regex.Pattern;

/** Text of exceptions: one line without commands to a terminal, whatever of a file it quotes. */
public final class Messages {
    private static final Pattern BREAK = Pattern.compile("\\s*\\R\\s*");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[\\x80-\\x9f]");

    private Messages() {}

    /** Returns a message with semicolons for its line breaks, and other control characters escaped as in JSON. */
    public static String oneLine(String message) {
        return CONTROL.matcher(BREAK.matcher(message).replaceAll("; "))
                .replaceAll(found -> String.format(
                        Locale.ROOT, "\\\\u%04x", (int) found.group().charAt(0)));
    }
}
