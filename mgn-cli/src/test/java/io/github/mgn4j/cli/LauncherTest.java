package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.common.base.Splitter;
import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code mgn} as a process, in a checkout whose build is a stand-in: it notes that it ran, and leaves the class
 * path of these tests.
 */
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "mgn");

    @TempDir
    Path folder;

    private Path checkout;

    /** How a process ended. */
    private record Outcome(int status, String out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        assumeThat(System.getProperty("os.name")).doesNotContain("Windows");
        checkout = Files.createDirectories(folder.resolve("a check out"));
        Files.copy(SCRIPT, checkout.resolve("mgn"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.createDirectories(checkout.resolve("mgn-cli/src/main"));
        Files.writeString(folder.resolve("classpath"), System.getProperty("java.class.path"));
        new JarOutputStream(Files.newOutputStream(folder.resolve("cli.jar")), new Manifest()).close();
        script("mvnw", """
                #!/bin/sh
                echo "$@" >>"$PWD/builds"
                sleep 1
                cp ../classpath mgn-cli/target/classpath.txt
                cp ../cli.jar mgn-cli/target/mgn-cli.jar
                """);
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(checkout.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(Path script, String... args) throws IOException {
        return start(System.getProperty("java.home"), script, args);
    }

    private Process start(String javaHome, Path script, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", javaHome);
        environment.put("JAVA_TOOL_OPTIONS", "-Dsome=thing");
        return builder.start();
    }

    private static Outcome end(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), out, err);
    }

    private Outcome mgn(String... args) throws IOException, InterruptedException {
        return end(start(checkout.resolve("mgn"), args));
    }

    private int builds() throws IOException {
        return Files.readAllLines(checkout.resolve("builds")).size();
    }

    @Test
    void buildsOnceAndThenOnlyRuns() throws IOException, InterruptedException {
        Outcome first = mgn("--help");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("Usage: mgn");
        assertThat(first.err().lines()).singleElement().asString().startsWith("mgn: building");

        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a check out/mgn"));
        Outcome second = end(start(link, "nix"));
        assertThat(second).isEqualTo(new Outcome(2, "", "mgn: unknown argument 'nix'; see ./mgn --help\n"));
        assertThat(builds()).isEqualTo(1);

        Files.writeString(checkout.resolve("mgn-cli/src/main/New.java"), "class New {}");
        Files.setLastModifiedTime(
                checkout.resolve("mgn-cli/src/main/New.java"), FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        assertThat(mgn("--version").err()).startsWith("mgn: building");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void profilesAreTheBuildsAndAnotherBuildsAnew() throws IOException, InterruptedException {
        String script = checkout.resolve("mgn").toString();
        for (String profile : List.of("onnx-gpu,cuda", "onnx-gpu,cuda", "")) {
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", script, "--version");
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("MGN_PROFILE", profile);
            assertThat(end(builder.start()).status()).isZero();
        }
        assertThat(Files.readAllLines(checkout.resolve("builds")))
                .satisfiesExactly(
                        with -> assertThat(with).contains(" -Ponnx-gpu,cuda package "),
                        without -> assertThat(without).doesNotContain("-P"));

        ProcessBuilder wrong = new ProcessBuilder("/bin/sh", script, "--version");
        wrong.environment().put("JAVA_HOME", System.getProperty("java.home"));
        wrong.environment().put("MGN_PROFILE", "cuda -X");
        assertThat(end(wrong.start()))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "mgn: MGN_PROFILE expects names of Maven profiles (cudnn, onnx-gpu, cuda), found 'cuda -X'\n"));
    }

    /** A locale that is not installed is the locale C to Java, whatever its name says. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "xx_YY.UTF-8", "C.UTF-8"})
    void namesAreReadWhateverTheLocale(String locale) throws IOException, InterruptedException {
        assertThat(mgn("--version").status()).isZero();
        // Written by printf, because the JVM of the tests may have any locale itself.
        assertThat(info("\\303\\251.safetensors", locale))
                .isEqualTo(new Outcome(2, "", "mgn: \u00e9.safetensors: no such file\n"));
        assertThat(info("\\325\\305.safetensors", locale))
                .isEqualTo(new Outcome(2, "", "mgn: \\xD5\\xC5.safetensors: no such file\n"));
    }

    private Outcome info(String name, String locale) throws IOException, InterruptedException {
        String call = "exec '%s' info \"$(printf '%s')\"".formatted(checkout.resolve("mgn"), name);
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", call).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LC_ALL", locale);
        return end(builder.start());
    }

    @Test
    void twoFirstCallsBuildOnce() throws IOException, InterruptedException {
        Process one = start(checkout.resolve("mgn"), "--version");
        Process two = start(checkout.resolve("mgn"), "--version");
        List<Outcome> both = List.of(end(one), end(two));
        assertThat(both).extracting(Outcome::status).containsExactly(0, 0);
        assertThat(both).extracting(Outcome::out).allMatch(out -> out.startsWith("mgn4j "));
        assertThat(builds()).isEqualTo(1);
        assertThat(checkout.resolve("mgn-cli/target/launcher.lock")).doesNotExist();
    }

    @Test
    void theLockOfAKilledBuildIsTakenOver() throws IOException, InterruptedException {
        Process gone = new ProcessBuilder("/bin/true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(checkout.resolve("mgn-cli/target/launcher.lock"));
        Files.createFile(lock.resolve("" + gone.pid()));
        Outcome call = mgn("--version");
        assertThat(call.status()).as(call.err()).isZero();
        assertThat(call.err().lines()).hasSize(1);
        assertThat(lock).doesNotExist();
    }

    @Test
    void aBuildThatFailsSaysSo() throws IOException, InterruptedException {
        script("mvnw", "#!/bin/sh\necho '[ERROR] no such thing'\nexit 1\n");
        Outcome call = mgn("--version");
        assertThat(call.status()).isEqualTo(1);
        assertThat(call.out()).isEmpty();
        assertThat(call.err()).contains("[ERROR] no such thing", "mgn: the build failed; see ", "build.log");
        assertThat(checkout.resolve("mgn-cli/target/launcher.lock")).doesNotExist();
    }

    @Test
    void anOldJavaIsNamed() throws IOException, InterruptedException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", checkout.resolve("mgn").toString(), "--version");
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        Outcome call = end(builder.start());
        assertThat(call.status()).isEqualTo(2);
        assertThat(call.err()).isEqualTo("mgn: Java 17 or newer expected, found 11 at " + java + ": set JAVA_HOME\n");
    }

    private void chmod(String mode) throws IOException, InterruptedException {
        Process chmod = new ProcessBuilder("chmod", "-R", mode, checkout.toString()).start();
        assertThat(chmod.waitFor()).isZero();
    }

    /** A call that file modes hold for, which root is above otherwise. */
    private Outcome modest(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"));
        }
        command.addAll(List.of("/bin/sh", checkout.resolve("mgn").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return end(builder.start());
    }

    @Test
    void aCheckoutThatCannotBeWrittenRunsItsBuildOrFailsAtOnce() throws IOException, InterruptedException {
        assumeThat(Files.exists(Path.of("/usr/bin/setpriv"))
                        || !System.getProperty("user.name").equals("root"))
                .isTrue();
        try {
            chmod("a-w");
            assertThat(modest("--version"))
                    .isEqualTo(new Outcome(
                            1,
                            "",
                            "mgn: cannot build: %s cannot be written, and holds no build that can be used: build where it can, or copy the checkout%n"
                                    .formatted(checkout.resolve("mgn-cli/target"))));
            chmod("u+w");
            assertThat(mgn("--version").status()).isZero();
            // Built there, and brought here: the class path has the other place in it.
            Path classpath = checkout.resolve("mgn-cli/target/classpath.txt");
            Path jar = Files.createFile(checkout.resolve("mgn-cli/target/module.jar"));
            Files.writeString(classpath, Files.readString(classpath).strip() + ":" + jar + "\n");
            Path elsewhere = folder.resolve("elsewhere");
            Files.move(checkout, elsewhere);
            checkout = elsewhere;
            chmod("a-w");
            Outcome moved = modest("--version");
            assertThat(moved.err()).isEmpty();
            assertThat(moved.out()).startsWith("mgn4j ");

            chmod("u+w");
            Path source = Files.writeString(checkout.resolve("mgn-cli/src/main/New.java"), "class New {}");
            Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 5_000));
            chmod("a-w");
            Outcome newer = modest("--version");
            assertThat(newer.status()).isZero();
            assertThat(newer.err())
                    .startsWith("mgn: the sources are newer than the build")
                    .hasLineCount(1);
            assertThat(builds()).isEqualTo(1);
        } finally {
            chmod("u+w");
        }
    }

    @Test
    void aLockThatCannotBeMadeIsNotWaitedFor() throws IOException, InterruptedException {
        Files.createDirectories(checkout.resolve("mgn-cli/target"));
        Files.createFile(checkout.resolve("mgn-cli/target/launcher.lock"));
        Outcome call = mgn("--version");
        assertThat(call.status()).isEqualTo(1);
        assertThat(call.err())
                .startsWith("mgn: cannot build: ")
                .contains("cannot be made")
                .hasLineCount(1);
    }

    /** Makes jars of the folders on the class path: Java archives the classes of jars only. */
    private void jarTheClassPath() throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : Splitter.on(':').split(System.getProperty("java.class.path"))) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = folder.resolve("folder-" + jars.size() + ".jar");
                try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                        Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        out.putNextEntry(new ZipEntry(path.relativize(file).toString()));
                        Files.copy(file, out);
                    }
                }
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(entry);
            }
        }
        Files.writeString(folder.resolve("classpath"), String.join(":", jars));
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(checkout.resolve("mgn-cli/target"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("classes-"))
                    .toList();
        }
    }

    private void assertRuns() throws IOException, InterruptedException {
        Outcome call = mgn("--version");
        assertThat(call.err()).isEmpty();
        assertThat(call.out()).startsWith("mgn4j ").hasLineCount(1);
        assertThat(call.status()).isZero();
    }

    @Test
    void anArchiveOfClassesThatDoesNotFitIsMadeAgainOrLeftOut() throws IOException, InterruptedException {
        jarTheClassPath();
        assertThat(List.of(end(start(checkout.resolve("mgn"), "--version")), mgn("--version")))
                .extracting(Outcome::status)
                .containsOnly(0);
        assertThat(archives()).hasSize(1);
        Path archive = archives().get(0);
        byte[] whole = Files.readAllBytes(archive);
        assertThat(archive.getFileName().toString()).endsWith("." + whole.length + ".jsa");
        ProcessBuilder loads =
                new ProcessBuilder("/bin/sh", checkout.resolve("mgn").toString(), "--version");
        loads.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path log = folder.resolve("log"); // a pipe would fill up
        loads.environment().put("MGN_JAVA_OPTS", "-Xlog:class+load:file=" + log);
        assertThat(end(loads.start()).err()).isEmpty();
        assertThat(Files.readString(log)).contains("io.github.mgn4j.cli.Main source: shared objects file (top)");

        byte[] other = whole.clone();
        for (int at : new int[] {8, 300, whole.length / 3, whole.length / 2, whole.length - 100}) {
            other[at] ^= 0x55;
            other[at + 1] ^= 0x55;
        }
        replace(archive, other);
        assertRuns();
        replace(archive, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertRuns();
        assertThat(archives())
                .singleElement()
                .satisfies(made -> assertThat(made)
                        .isRegularFile()
                        .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(1_000_000)));

        FileTime before = Files.getLastModifiedTime(archives().get(0));
        Path jar = folder.resolve("folder-0.jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis()));
        assertRuns();
        assertThat(archives())
                .singleElement()
                .satisfies(again -> assertThat(Files.getLastModifiedTime(again)).isGreaterThan(before));
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file); // it may not be written
        Files.write(file, bytes);
    }

    @Test
    void twoFirstCallsMakeTheArchiveBoth() throws IOException, InterruptedException {
        jarTheClassPath();
        Process one = start(checkout.resolve("mgn"), "--version");
        Process two = start(checkout.resolve("mgn"), "--version");
        assertThat(List.of(end(one), end(two))).extracting(Outcome::status).containsOnly(0);
        assertRuns();
        assertThat(archives()).isNotEmpty().allMatch(file -> file.toString().endsWith(".jsa"));
    }

    @Test
    void anArchiveThatCannotBeMadeIsTriedOnce() throws IOException, InterruptedException {
        for (int call = 0; call < 2; call++) {
            callsOfJava("info", "m");
        }
        assertThat(Files.readAllLines(folder.resolve("calls")))
                .satisfiesExactly(
                        made -> assertThat(made).contains("ArchiveClassesAtExit", "cli.Rehearsal"),
                        first -> assertThat(first)
                                .doesNotContain("Archive")
                                .contains("-XX:TieredStopAtLevel=1")
                                .endsWith("Main info m"),
                        second -> assertThat(second).doesNotContain("Archive").endsWith("Main info m"));
        assertThat(archives()).singleElement().asString().endsWith("classes-21.0.2+13.0.jsa");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            info m                                          | true
            verify --model m a b                            | true
            evaluate --query q.npy --gallery g.npy          | true
            evaluate --gallery g.npy --query=q.npy --roc    | true
            evaluate --query q --gallery g --rerank         | false
            evaluate --query q --gallery g --report r       | false
            evaluate --model m --data d                     | false
            extract --model m --images verify --out f       | false
            extract --help                                  | true
            """)
    void commandsOfAMomentAreNotCompiledWell(String words, boolean quick) throws IOException, InterruptedException {
        String last = Iterables.getLast(callsOfJava(words.split(" ")));
        assertThat(last).endsWith("Main " + words);
        assertThat(last.contains("-XX:+UseSerialGC -XX:TieredStopAtLevel=1")).isEqualTo(quick);
        assertThat(last.contains("-XX:+UseParallelGC")).isEqualTo(!quick);
    }

    /** Returns the arguments of a Java that makes no archive, so far, after the launcher has called it with some words. */
    private List<String> callsOfJava(String... words) throws IOException, InterruptedException {
        Path home = folder.resolve("jdk");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                echo "$@" >>"%s"
                case "$*" in *ArchiveClassesAtExit*) echo broken; exit 3 ;; esac
                """.formatted(folder.resolve("calls")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"21.0.2\"\nJAVA_RUNTIME_VERSION=\"21.0.2+13\"\n");
        if (!Files.exists(folder.resolve("calls"))) {
            jarTheClassPath();
        }
        Outcome outcome = end(start(home.toString(), checkout.resolve("mgn"), words));
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).isEmpty();
        return Files.readAllLines(folder.resolve("calls"));
    }
}
