package io.github.mgn4j.internal.io;

import com.google.common.base.CharMatcher;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts paths to text and back without loss. On Linux a file name is bytes, and {@link Path#toString} decodes them by the
 * locale: invalid bytes become U+FFFD, different names become equal, and {@code Path.of} of that text finds no file. Here a
 * name is UTF-8 in any locale, and an invalid byte is written {@code \xD5}, as {@code $'\xD5'} in a shell. A backslash that
 * begins such a sequence in the name itself is written {@code \x5C}. On other systems names are Unicode and stay unchanged.
 */
public final class FileNames {
    private static final boolean BYTES = FileSystems.getDefault().getSeparator().equals("/");
    /** Whether the runtime's own text of a path is exact unless it contains U+FFFD. */
    private static final boolean UTF8 =
            System.getProperty("sun.jnu.encoding", "").toUpperCase(Locale.ROOT).matches("UTF-?8");

    /** Characters that a URI contains unescaped. */
    private static final CharMatcher PLAIN = CharMatcher.anyOf("/.")
            .or(CharMatcher.inRange('a', 'z'))
            .or(CharMatcher.inRange('A', 'Z'))
            .or(CharMatcher.inRange('0', '9'));

    private static final char REPLACEMENT = '\ufffd';
    private static final Pattern ESCAPE = Pattern.compile("\\\\x(5C|[89A-F][0-9A-F])");
    private static final int ESCAPE_LENGTH = 4;

    private FileNames() {}

    /** Returns a path as text, which {@link #path} converts back. */
    public static String text(Path path) {
        String text = path.toString();
        return !hasBytes(path) || (isExact(text) && text.indexOf(REPLACEMENT) < 0 && !isEscaped(text))
                ? text
                : decode(escaped(bytes(path)));
    }

    /** Returns the arguments of a message, with paths converted by {@link #text}. */
    public static Object[] texts(Object... arguments) {
        return Arrays.stream(arguments)
                .map(each -> each instanceof Path path ? text(path) : each)
                .toArray();
    }

    /**
     * Returns a file's path relative to a folder that contains it, with {@code /} as separator on every platform.
     */
    public static String relative(Path folder, Path file) {
        StringBuilder name = new StringBuilder();
        for (Path part : folder.relativize(file)) {
            name.append(name.isEmpty() ? "" : "/").append(text(part));
        }
        return name.toString();
    }

    /**
     * Returns the path of a text.
     *
     * @throws InvalidPathException if the path is not valid on this system
     */
    public static Path path(String text) {
        return resolve(Path.of(""), text);
    }

    /**
     * Returns the path of a text, relative to a folder unless it is absolute.
     *
     * @throws InvalidPathException if the path is not valid on this system
     */
    public static Path resolve(Path folder, String text) {
        return !hasBytes(folder) || (isExact(text) && !isEscaped(text))
                ? folder.resolve(text)
                : folder.resolve(path(encode(text), text));
    }

    /**
     * Returns the path of a name in bytes.
     *
     * @throws InvalidPathException if the path is not valid on this system
     */
    public static Path pathOf(byte[] name) {
        return path(decode(escaped(name)));
    }

    /** Decodes UTF-8 text from bytes; invalid bytes are written {@code \xD5}. */
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        StringBuilder text = new StringBuilder();
        while (in.hasRemaining()) {
            CoderResult result = decoder.decode(in, out, true);
            text.append(out.flip());
            out.clear();
            for (int i = result.isError() ? result.length() : 0; i > 0; i--) {
                text.append(String.format(Locale.ROOT, "\\x%02X", in.get() & 0xff));
            }
        }
        return text.toString();
    }

    /**
     * Returns the bytes of a name from its text.
     *
     * @throws InvalidPathException if it contains half a surrogate pair
     */
    public static byte[] encode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        try {
            int at = 0;
            for (Matcher escape = ESCAPE.matcher(text); escape.find(); at = escape.end()) {
                bytes.writeBytes(utf8(text, at, escape.start()));
                bytes.write(Integer.parseInt(escape.group(1), 16));
            }
            bytes.writeBytes(utf8(text, at, text.length()));
        } catch (CharacterCodingException e) {
            throw new InvalidPathException(text, "half a surrogate pair");
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text, int from, int to) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text, from, to));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static boolean hasBytes(Path path) {
        return BYTES && path.getFileSystem() == FileSystems.getDefault();
    }

    private static boolean isEscaped(String text) {
        return text.length() >= ESCAPE_LENGTH
                && text.indexOf('\\') >= 0
                && ESCAPE.matcher(text).find();
    }

    /** Returns whether the runtime encodes the text as its UTF-8. */
    private static boolean isExact(String text) {
        return UTF8 || text.chars().allMatch(c -> c < 0x80);
    }

    /**
     * Returns a name's bytes with {@code \x5C} for backslashes that could be mistaken for the beginning of an escape.
     */
    private static byte[] escaped(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return ESCAPE.matcher(text).replaceAll("\\\\x5Cx$1").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Returns the bytes of a path, which only its URI reveals. */
    private static byte[] bytes(Path path) {
        Path root = Path.of("/");
        String uri = root.resolve(path).toUri().getRawPath();
        // A folder's URI ends in a slash, its path does not.
        int end = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end);
        for (int i = path.isAbsolute() ? 0 : 1; i < end; i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    private static Path path(byte[] bytes, String text) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes) {
            boolean plain = PLAIN.matches((char) (b & 0xff));
            uri.append(plain ? Character.toString(b) : String.format(Locale.ROOT, "%%%02X", b & 0xff));
        }
        try {
            Path path = Path.of(URI.create(uri.toString()));
            return text.startsWith("/") ? path : Path.of("/").relativize(path);
        } catch (IllegalArgumentException e) {
            throw new InvalidPathException(text, "a name that this system cannot have");
        }
    }
}
