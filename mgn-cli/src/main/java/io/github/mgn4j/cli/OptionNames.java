package io.github.mgn4j.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Replaces names of settings in the library's messages by the names of the options. */
final class OptionNames {
    /** Settings whose name in the library differs from that of the option. */
    private static final Map<String, String> ALIASES =
            Map.of("neighbours", "expand", "memory for blocks", "block-memory");

    private static final Pattern SUBJECT = Pattern.compile(
            "(?:synthetic data set: )?([A-Za-z][A-Za-z0-9-]*|memory for blocks)(?: \\([^)]*\\))? (?=must |is )");
    private static final Pattern CLASSES = Pattern.compile("(\\d+) were asked for");

    private OptionNames() {}

    /** Returns the message with the option's name, if it is about an option that was passed. */
    static String in(String message, ParseResult parsed) {
        Matcher subject = SUBJECT.matcher(message);
        if (subject.lookingAt()) {
            String name =
                    ALIASES.getOrDefault(subject.group(1), subject.group(1)).toLowerCase(java.util.Locale.ROOT);
            if (parsed.hasMatchedOption("--" + name)) {
                return "--" + name + " " + message.substring(subject.end());
            }
        }
        if (parsed.hasMatchedOption("--classes")) {
            return CLASSES.matcher(message).replaceFirst("--classes $1 was asked for");
        }
        for (OptionSpec option : parsed.matchedOptions()) {
            for (String value : option.originalStringValues()) {
                if (!message.contains("--") && message.contains("'" + value + "'") && !isPath(option)) {
                    return option.longestName() + ": " + message;
                }
            }
        }
        return message;
    }

    private static boolean isPath(ArgSpec option) {
        return option.type() == java.nio.file.Path.class;
    }
}
