package io.github.mgn4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares what a module offers to its users with the file {@code api/MODULE.txt}, so that no change of it goes unseen. A change
 * that is meant is written by {@code -Dmgn.api.write=true} and committed; CHANGELOG.md says what users have to do. Packages named
 * {@code internal} are not offered. This module has the test because its class path is all modules'.
 */
class PublicApiTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mgn-core",
                "mgn-samediff",
                "mgn-losses",
                "mgn-data",
                "mgn-train",
                "mgn-eval",
                "mgn-study",
                "mgn-gallery",
                "mgn-onednn",
                "mgn-onnx",
                "mgn-cudnn",
                "mgn-dl4j"
            })
    void theApiIsTheCommittedOne(String module) throws Exception {
        Path file = ROOT.resolve("api").resolve(module + ".txt");
        String api = api(ROOT.resolve(module).resolve("target/classes"));
        if (Boolean.getBoolean("mgn.api.write")) {
            Files.writeString(file, api);
        }
        assertThat(api)
                .as(
                        "the public API of %s, see api/%s.txt; if the change is meant, write it with -Dmgn.api.write=true",
                        module, module)
                .isEqualTo(Files.readString(file));
    }

    private static String api(Path classes) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-public", "-cp", System.getProperty("java.class.path")));
        int options = arguments.size();
        for (String name : names(classes)) {
            if (isPublic(Class.forName(name, false, PublicApiTest.class.getClassLoader()))) {
                arguments.add(name);
            }
        }
        assertThat(arguments).hasSizeGreaterThan(options);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        assertThat(javap.run(out, out, arguments.toArray(String[]::new)))
                .as(said.toString())
                .isZero();
        return said.toString()
                .lines()
                .filter(line -> !line.startsWith("Compiled from"))
                .filter(line -> !line.contains(" values()") && !line.contains(" valueOf(java.lang.String)"))
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static List<String> names(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(classes::relativize)
                    .map(path -> path.toString().replace(File.separatorChar, '.'))
                    .filter(name ->
                            name.endsWith(".class") && !name.contains(".internal.") && !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers()) && !type.isAnonymousClass() && (outer == null || isPublic(outer));
    }
}
