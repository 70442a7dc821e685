package io.github.mgn4j.cli;

import io.github.mgn4j.spec.InputSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the value of {@code --input}. */
final class InputSizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    private InputSizes() {}

    static InputSize parse(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException("--input must be HxW in pixels, such as 384x128, not '" + text + "'");
        }
        return new InputSize(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
    }
}
