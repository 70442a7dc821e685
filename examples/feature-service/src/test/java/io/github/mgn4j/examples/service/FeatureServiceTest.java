package io.github.mgn4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the service in a process of its own, on exactly the class path or module path that its users have. */
@TestInstance(Lifecycle.PER_CLASS)
class FeatureServiceTest {
    /** What the class path may weigh; printed by the test, so that a change is seen. */
    private static final int MOST_JARS = 22;

    private static final double MOST_MEGABYTES = 60;

    private Path folder;
    private Path model;
    private Path data;

    @BeforeAll
    void makeInputs(@TempDir Path temporary) throws IOException {
        folder = temporary;
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 32)
                .embedding(8)
                .classes(4)
                .build();
        model = folder.resolve("model.safetensors");
        ModelFile.save(model, WeightInit.initialise(spec, 1));
        data = folder.resolve("data");
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(3).withCameras(2).withImages(1), data, false, ProgressListener.NONE);
    }

    private static List<Path> classPath() throws IOException {
        List<Path> entries = new ArrayList<>(List.of(Path.of("target/classes").toAbsolutePath()));
        String dependencies = Files.readString(Path.of("target/classpath.txt"));
        entries(dependencies.strip()).stream().map(Path::of).forEach(entries::add);
        return entries;
    }

    private static List<String> entries(String path) {
        return List.of(path.split(File.pathSeparator, -1));
    }

    @Test
    void theClassPathIsSmallAndWithoutNd4j() throws IOException {
        List<Path> entries = classPath();
        long bytes = 0;
        for (Path entry : entries) {
            bytes += size(entry);
        }
        System.out.printf("core + eval + onednn: %d jars, %.1f MB%n", entries.size(), bytes / 1e6);
        assertThat(entries).noneMatch(entry -> entry.toString().contains("nd4j"));
        assertThat(entries).hasSizeLessThanOrEqualTo(MOST_JARS);
        assertThat(bytes / 1e6).isLessThan(MOST_MEGABYTES);
    }

    private static long size(Path entry) throws IOException {
        try (Stream<Path> files = Files.walk(entry)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void extractsEvaluatesAndReportsOnTheClassPath() throws Exception {
        String path = String.join(
                File.pathSeparator, classPath().stream().map(Path::toString).toList());
        Path report = folder.resolve("report-class-path");
        String said = run("-cp", path, FeatureService.class.getName(), model, data, report);
        assertThat(said).contains("onednn: features of 64 values, mAP 0.");
        assertThat(report.resolve("report.html")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "onnx"})
    void runsOnTheModulePath(String engine) throws Exception {
        List<String> jars = new ArrayList<>();
        for (String entry : entries(System.getProperty("java.class.path"))) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path) && path.endsWith("classes")) {
                jars.add(jar(path).toString());
            } else if (entry.endsWith(".jar")
                    && !entry.matches(".*(junit|assertj|opentest4j|surefire|byte-buddy|apiguardian|jacoco).*")) {
                jars.add(entry);
            }
        }
        Path report = folder.resolve("report-" + engine);
        String main = "io.github.mgn4j.example.service/" + FeatureService.class.getName();
        String said = run(
                "--module-path",
                String.join(File.pathSeparator, jars),
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                main,
                model,
                data,
                report,
                engine);
        assertThat(said).contains(engine + ": features of 64 values, mAP 0.");
        assertThat(report.resolve("report.html")).isNotEmptyFile();
    }

    /** The jar that packaging makes of a module's classes, named as its manifest names it there. */
    private Path jar(Path classes) throws IOException {
        Path module = classes.getParent().getParent().getFileName();
        String name = "io.github.mgn4j."
                + (module.toString().equals("feature-service")
                        ? "example.service"
                        : module.toString().replaceFirst("^mgn-", ""));
        Path jar = folder.resolve(module + ".jar");
        if (Files.exists(jar)) {
            return jar;
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
            }
        }
        return jar;
    }

    private String run(Object... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.awt.headless=true");
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
