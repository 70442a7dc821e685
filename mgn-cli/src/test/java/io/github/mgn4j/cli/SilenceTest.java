package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import com.google.common.base.Splitter;
import com.google.common.primitives.Bytes;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Engines compute. They open no connection, and leave nothing in a user's home but the natives that JavaCPP unpacks. */
class SilenceTest {
    private static final int SECONDS = 3;

    @TempDir
    Path folder;

    /** Extracts a feature, waits for what goes on in the background, and lists the sockets that are open. */
    static final class Work {
        private Work() {}

        public static void main(String... args) throws Exception {
            MgnSpec spec = MgnSpec.builder()
                    .backbone(18, 1.0 / 16)
                    .input(96, 32)
                    .embedding(4)
                    .classes(2)
                    .build();
            Model model = ReferenceWeights.model(spec);
            try (FeatureExtractor extractor =
                    FeatureExtractor.builder(model).engine(args[0]).build()) {
                extractor.extract(new RgbImage(1, 1, new byte[3]));
                TimeUnit.SECONDS.sleep(SECONDS);
                extractor.extract(new RgbImage(1, 1, new byte[3]));
                System.out.println("done by " + extractor.engineName());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"onnx, ''", "onednn, .javacpp", "samediff, .javacpp"})
    @EnabledOnOs(OS.LINUX)
    void anEngineWritesAndSendsNothing(String engine, String mayWrite) throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.home=" + home,
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dorg.bytedeco.javacpp.logger=slf4j",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Work.class.getName(),
                        engine)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("XDG_") || name.equals("ORT_DISABLE_TELEMETRY"));
        Process process = builder.start();
        Set<String> sockets = new TreeSet<>();
        while (!process.waitFor(2, TimeUnit.MILLISECONDS)) {
            sockets.addAll(sockets(process.pid()));
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output)).contains("done by " + engine);
        assertThat(sockets).isEmpty();
        assertThat(files(home)).allMatch(file -> !mayWrite.isEmpty() && file.startsWith(mayWrite + "/"));
        assertThat(files(temporary)).isEmpty();
    }

    /** Sockets that are open, other than those inside the machine: the JDK keeps one to close its files with. */
    private static List<String> sockets(long pid) {
        List<String> sockets = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : (Iterable<Path>) open::iterator) {
                String target = Files.readSymbolicLink(file).toString();
                // The second look leaves out a local one that was closed before the list of them was read.
                if (target.startsWith("socket:")
                        && !local(pid).contains(target.replaceAll("\\D", ""))
                        && Files.readSymbolicLink(file).toString().equals(target)) {
                    sockets.add(target);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // it was closed meanwhile, or the process has ended
        }
        return sockets;
    }

    /** The inodes of sockets between processes of this machine. */
    private static List<String> local(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/net/unix")).stream()
                .map(line ->
                        Splitter.on(' ').omitEmptyStrings().splitToList(line).get(6))
                .toList();
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }

    /** The natives for other systems cannot be run here, but searched: 1.29 holds the address that it reports to. */
    @Test
    void noNativeOfOnnxRuntimeKnowsWhereToReport() throws IOException {
        byte[] address = "events.data.microsoft.com".getBytes(StandardCharsets.US_ASCII);
        for (String library : List.of(
                "linux-x64/libonnxruntime.so",
                "linux-aarch64/libonnxruntime.so",
                "osx-aarch64/libonnxruntime.dylib",
                "win-x64/onnxruntime.dll")) {
            try (InputStream in = OrtEnvironment.class.getResourceAsStream("native/" + library)) {
                byte[] bytes = Objects.requireNonNull(in, library).readAllBytes();
                assertThat(bytes.length).as(library).isGreaterThan(1 << 20);
                assertThat(Bytes.indexOf(bytes, address)).as(library).isNegative();
            }
        }
    }
}
