package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a process, with names in GBK in its folders and in its arguments. */
@EnabledOnOs(OS.LINUX)
class ByteNamesTest {
    /** To Java, each is four times U+FFFD. */
    private static final List<String> NAMES =
            List.of("\\xC0\\xEE\\xCB\\xC4", "\\xCD\\xF5\\xCE\\xE5", "\\xD5\\xC5\\xC8\\xFD", "\\xD5\\xD4\\xC1\\xF9");

    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
        try (Stream<Path> images = Files.list(workshop.path("data/query"))) {
            List<Path> four = images.sorted().limit(4).toList();
            for (int i = 0; i < four.size(); i++) {
                String name = NAMES.get(i);
                copy(four.get(i), name + "/" + NAMES.get(0) + ".jpg");
                copy(four.get(i), "people/query/" + name + "/a_c1.jpg");
                copy(four.get(i), "people/gallery/" + name + "/a_c2.jpg");
            }
        }
    }

    private static void copy(Path image, String name) throws IOException {
        Path file = FileNames.resolve(folder, "crops/" + name);
        Files.createDirectories(file.getParent());
        Files.copy(image, file);
    }

    /** Calls the command with arguments as {@link FileNames} writes them, which is how a shell reads them. */
    private static Workshop.Call mgn(String locale, String... args) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String words = Stream.of(args)
                .map(arg -> "\"$(printf '%s')\"".formatted(octal(arg)))
                .collect(Collectors.joining(" "));
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec '" + java + "' --enable-native-access=ALL-UNNAMED -cp \"$CP\" io.github.mgn4j.cli.Main "
                                + words)
                .directory(folder.toFile());
        builder.environment().put("CP", System.getProperty("java.class.path"));
        builder.environment().put("LC_ALL", locale);
        Process process = builder.redirectError(folder.resolve("err").toFile()).start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return new Workshop.Call(
                    process.exitValue(), out, Files.readString(folder.resolve("err"), StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String octal(String arg) {
        StringBuilder text = new StringBuilder();
        for (byte b : FileNames.encode(arg)) {
            text.append("\\%03o".formatted(b & 0xff));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void everyCropIsItsOwn(String locale) throws Exception {
        String out = "\\xCC\\xD8" + locale + ".npy";
        for (String flip : List.of("--no-flip", "--force")) {
            mgn(locale, "extract", "--model", "model.safetensors", "--images", "crops", "--out", out, flip)
                    .ok();
        }

        FeatureSet features = FeatureSet.read(FileNames.resolve(folder, out));
        assertThat(features.table().entries())
                .extracting(FeatureTable.Entry::path)
                .hasSize(12)
                .startsWith("people/gallery/" + NAMES.get(0) + "/a_c2.jpg")
                .endsWith(NAMES.get(3) + "/" + NAMES.get(0) + ".jpg")
                .allSatisfy(path ->
                        assertThat(FileNames.resolve(folder, "crops/" + path)).isRegularFile());
        assertThat(Stream.of(0, 1, 2, 3).map(i -> features.features().row(i)[0]).distinct())
                .hasSize(4);
    }

    @Test
    void everyFolderIsItsOwnIdentity() throws Exception {
        Workshop.Call call = mgn("C", "data", "--data", "crops/people").ok();
        assertThat(call.out()).containsPattern("gallery +4 +4 +1").containsPattern("query +4 +4 +1");
        assertThat(mgn("C.UTF-8", "data", "--data", "crops/people").ok().out()).isEqualTo(call.out());

        mgn("C", "evaluate", "--model", "model.safetensors", "--data", "crops/people", "--report", "\\xC1\\xF9")
                .ok();
        assertThat(FileNames.resolve(folder, "\\xC1\\xF9/report.html"))
                .content()
                .doesNotContain("\ufffd")
                .contains("a_c1.jpg, query, person 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void messagesShowTheBytes(String locale) throws Exception {
        String model = "\\xD5\\xC5.safetensors";
        assertThat(mgn(locale, "info", model).err()).isEqualTo("mgn: " + model + ": no such file\n");

        Files.writeString(
                FileNames.resolve(Files.createDirectories(folder.resolve("broken" + locale)), "\\xFF.jpg"), "no image");
        assertThat(mgn(
                                locale,
                                "extract",
                                "--model",
                                "model.safetensors",
                                "--images",
                                "broken" + locale,
                                "--out",
                                "x.npy")
                        .err())
                .isEqualTo("mgn: broken%s/\\xFF.jpg: not a JPEG, PNG or BMP file but a text file\n".formatted(locale));
    }
}
