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
 * Decodes arguments that are not UTF-8, such as file names in another encoding. Java replaces their bytes by U+FFFD, so
 * they are read from the system (Linux only) and encoded as marks until {@link #path} turns them into paths.
 */
final class RawArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char REPLACEMENT = '\ufffd';
    /** Offset of a byte's mark: half a surrogate pair, which no argument contains otherwise. */
    private static final int MARK = 0xdc00;

    private static final Pattern MARKS = Pattern.compile("[\\udc80-\\udcff]+");
    /** Text to show for the paths of such arguments, by Java's text. */
    private static final Map<String, String> SHOWN = new ConcurrentHashMap<>();

    private RawArguments() {}

    /** Returns the arguments, with marked bytes in those that Java could not decode. */
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
            // Another system: the arguments stay as Java decoded them.
        }
        return raw;
    }

    private static String marked(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        // Marks each byte, so that valid UTF-8 in between stays text.
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .chars()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : Character.toString(MARK + c))
                .collect(Collectors.joining());
    }

    /** Returns the path of an argument. */
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

    /**
     * Returns a message in which marked bytes, and paths that Java cannot print, are written as by {@link FileNames}.
     */
    static String shown(String message) {
        String shown = MARKS.matcher(message)
                .replaceAll(marks -> Matcher.quoteReplacement(FileNames.decode(bytes(marks.group()))));
        for (Map.Entry<String, String> path : SHOWN.entrySet()) {
            shown = shown.replace(path.getKey(), path.getValue());
        }
        return shown;
    }
}
