package io.github.mgn4j.study;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** Thrown when a study is described wrongly, or does not belong to its folder. The message names the thing. */
public final class StudyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    StudyException(String message) {
        super(message);
    }

    @FormatMethod
    static void check(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new StudyException(String.format(Locale.ROOT, message, values));
        }
    }
}
