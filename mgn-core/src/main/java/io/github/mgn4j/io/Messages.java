package io.github.mgn4j.io;

import com.google.common.base.CharMatcher;

/** Text of exceptions: one line, whatever of a file it quotes. */
public final class Messages {
    private Messages() {}

    /** Returns a message with a space for every control character, line breaks among them. */
    public static String oneLine(String message) {
        return CharMatcher.javaIsoControl().replaceFrom(message, ' ');
    }
}
