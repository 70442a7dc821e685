package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import com.google.common.base.Splitter;
import com.google.common.collect.Sets;
import com.google.common.primitives.Bytes;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
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

    /** What the test above relies on: a bound socket is seen, and one that only asks what the system can do is not. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void onlySocketsWithAnAddressAreSeen() throws IOException {
        long self = ProcessHandle.current().pid();
        Set<String> before = sockets(self);
        try (SocketChannel unbound = SocketChannel.open()) {
            assertThat(unbound.isOpen()).isTrue();
            assertThat(sockets(self)).isSubsetOf(before);
        }
        try (ServerSocket tcp = new ServerSocket(0);
                DatagramSocket udp = new DatagramSocket()) {
            assertThat(tcp.isBound() && udp.isBound()).isTrue();
            assertThat(Sets.difference(sockets(self), before)).hasSize(2);
        }
    }

    /**
     * The internet sockets of a process that are bound or connected, by inode. Others reach nobody: the JDK opens some for an instant
     * to see which protocols there are, and keeps a local pair to close its files with.
     */
    private static Set<String> sockets(long pid) throws IOException {
        Set<String> open = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            files.map(SilenceTest::target)
                    .filter(target -> target.startsWith("socket:"))
                    .forEach(target -> open.add(target.replaceAll("\\D", "")));
        } catch (IOException | UncheckedIOException e) {
            // the process has ended
        }
        if (!open.isEmpty()) {
            open.retainAll(withAddress());
        }
        return open;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    /** The inodes of the machine's sockets that have an address, the tenth word of each line. */
    private static Set<String> withAddress() throws IOException {
        Set<String> inodes = new HashSet<>();
        for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path table = Path.of("/proc/net/" + protocol);
            for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                inodes.add(Splitter.on(' ').omitEmptyStrings().splitToList(line).get(9));
            }
        }
        return inodes;
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
