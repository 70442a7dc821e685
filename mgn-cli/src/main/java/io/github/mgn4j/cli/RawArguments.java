package io.github.mgn4j.cli;

import io.github.mgn4j.internal.io.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Arguments that are not UTF-8, such as names of files in another encoding: Java gives U+FFFD for their bytes, so they are
 * read from the system (Linux only) and marked until {@link #path} makes paths of them.
 */
final class RawArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char REPLACEMENT = '\ufffd';
    /** A byte's mark: half a surrogate pair, which no argument has otherwise. */
    private static final int MARK = 0xdc00;

    private static final Pattern MARKS = Pattern.compile("[\\udc80-\\udcff]+");
    /** How Java writes the paths of such arguments, and how they are shown. */
    private static final Map<String, String> SHOWN = new ConcurrentHashMap<>();

    private RawArguments() {}

    /** The arguments, those that Java has not understood with marked bytes. */
    static String[] of(String[] args) {
        String[] raw = args.clone();
        if (List.of(args).stream().noneMatch(arg -> arg.indexOf(REPLACEMENT) >= 0)) {
            return raw;
        }
        try {
            String all = new String(Files.readAllBytes(COMMAND_LINE), StandardCharsets.ISO_8859_1);
            List<String> words = List.of(all.split("\0", -1));
            int first = words.size() - 1 - args.length; // each word ends in a zero byte
            for (int i = 0; i < args.length && first >= 0; i++) {
                if (args[i].indexOf(REPLACEMENT) >= 0) {
                    raw[i] = marked(words.get(first + i).getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // Another system: the arguments stay as Java has them.
        }
        return raw;
    }

    private static String marked(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        // Marked byte by byte, so that what is UTF-8 in between stays text.
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .chars()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : Character.toString(MARK + c))
                .collect(Collectors.joining());
    }

    /** The path that an argument means. */
    static Path path(String argument) {
        if (!MARKS.matcher(argument).find()) {
            return Path.of(argument);
        }
        Path path = FileNames.pathOf(bytes(argument));
        SHOWN.put(path.toString(), FileNames.text(path));
        return path;
    }

    private static byte[] bytes(String marked) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        marked.chars().forEach(c -> bytes.write(c < MARK ? c : c - MARK));
        return bytes.toByteArray();
    }

    /** A message with marked bytes, and the paths that Java cannot write, as {@link FileNames} writes them. */
    static String shown(String message) {
        String shown = MARKS.matcher(message)
                .replaceAll(marks -> Matcher.quoteReplacement(FileNames.decode(bytes(marks.group()))));
        for (Map.Entry<String, String> path : SHOWN.entrySet()) {
            shown = shown.replace(path.getKey(), path.getValue());
        }
        return shown;
    }
}
