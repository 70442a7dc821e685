package io.github.mgn4j.internal.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of bytes exist on Linux only; macOS refuses them, Windows has none. */
@EnabledOnOs(OS.LINUX)
class FileNamesTest {
    /** Four names in GBK that are one text to Java, the third in UTF-8, two that look like escapes, and one of U+FFFD. */
    private static final List<String> NAMES = List.of(
            "\\xD5\\xC5\\xC8\\xFD.jpg",
            "\\xC0\\xEE\\xCB\\xC4.jpg",
            "\\xCD\\xF5\\xCE\\xE5.jpg",
            "\\xD5\\xD4\\xC1\\xF9.jpg",
            "\u738b\u4e94.jpg",
            "\\x5CxD5.jpg",
            "a\\x41 b\\xd5%2F.jpg",
            "\ufffd\ufffd.jpg",
            "\\x5Cx5CxD5\\xD5");

    @TempDir
    Path folder;

    @Test
    void namesAndTextAreOneToOne() throws IOException {
        for (String name : NAMES) {
            Files.writeString(FileNames.resolve(folder, name), name, UTF_8);
        }

        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(NAMES.size()).allSatisfy(file -> {
                String text = FileNames.relative(folder, file);
                assertThat(Files.readString(file)).isEqualTo(text);
                assertThat(FileNames.path(FileNames.text(file))).isEqualTo(file);
                assertThat(FileNames.path(text)).isEqualTo(file.getFileName());
                assertThat(FileNames.decode(FileNames.encode(text))).isEqualTo(text.replaceAll("\\\\x5Cx", "\\\\x"));
            });
        }
    }

    @Test
    void bytesAreThoseOfTheName() throws IOException {
        Path gbk = FileNames.resolve(folder, "\\xD5\\xC5");
        assertThat(gbk.toUri().getRawPath()).endsWith("/%D5%C5");
        assertThat(FileNames.encode("\u5f20\\xD5\\x5C")).isEqualTo("\u00e5\u00bc\u00a0\u00d5\\".getBytes(ISO_8859_1));
        assertThat("\u5f20\u4e09".getBytes(Charset.forName("GBK"))).isEqualTo(FileNames.encode("\\xD5\\xC5\\xC8\\xFD"));
        Files.createDirectory(gbk);
        assertThat(FileNames.text(gbk)).as("a folder").endsWith("/\\xD5\\xC5");
        assertThat(FileNames.text(Path.of("/"))).isEqualTo("/");
        assertThat(FileNames.text(Path.of(""))).isEmpty();
        assertThat(FileNames.path("/\\xD5/../b"))
                .isEqualTo(Path.of(URI.create("file:///%D5/../b")))
                .isAbsolute();
    }

    @Test
    void refusesNamesThatNoFileHas() {
        assertThatThrownBy(() -> FileNames.resolve(folder, "\\xD5\0")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> FileNames.resolve(folder, "\\xD5\ud800")).isInstanceOf(InvalidPathException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8", "POSIX", "en_US.ISO-8859-1"})
    void doesNotDependOnTheLocale(String locale) throws Exception {
        for (String name : NAMES) {
            Files.createFile(FileNames.resolve(folder, name));
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Listing.class.getName(),
                folder.toString());
        builder.environment().put("LC_ALL", locale);
        Process process = builder.redirectErrorStream(true).start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(out.lines()).containsExactlyInAnyOrderElementsOf(NAMES);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Says the names of a folder's files, after a way back and forth. */
    public static final class Listing {
        private Listing() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    String text = FileNames.relative(folder, file);
                    boolean same = Files.isSameFile(FileNames.resolve(folder, text), file);
                    System.out.write(((same ? text : "another file: " + text) + "\n").getBytes(UTF_8));
                }
            }
            System.out.flush();
        }
    }
}
