package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines and formats where an application loads classes in ways of its own; each in a process that has not seen ND4J yet. */
class ProviderLookupTest {
    /** Looks up on a thread whose context class loader knows nothing of this library. */
    static final class Lookup {
        private Lookup() {}

        public static void main(String... args) throws Exception {
            Thread.currentThread().setContextClassLoader(args[0].equals("null") ? null : new ClassLoader(null) {});
            io.github.mgn4j.spec.MgnSpec spec = io.github.mgn4j.spec.MgnSpec.builder()
                    .backbone(18, 1.0 / 16)
                    .input(96, 32)
                    .embedding(4)
                    .classes(2)
                    .build();
            for (io.github.mgn4j.engine.EngineProvider provider : io.github.mgn4j.engine.Engines.providers()) {
                System.out.println("engine " + provider.name() + " " + provider.available());
            }
            System.out.println(
                    "formats " + io.github.mgn4j.data.DatasetFormats.all().size());
            try (io.github.mgn4j.extract.FeatureExtractor extractor = io.github.mgn4j.extract.FeatureExtractor.builder(
                            io.github.mgn4j.fixtures.ReferenceWeights.model(spec))
                    .engine(args[1])
                    .build()) {
                float[] feature = extractor.extract(new io.github.mgn4j.image.RgbImage(1, 1, new byte[3]));
                System.out.println("feature of " + feature.length + " by " + extractor.engineName());
            } catch (io.github.mgn4j.engine.EngineException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "foreign"})
    void theContextClassLoaderDoesNotMatter(String loader) throws Exception {
        String output = lookup(loader, "samediff", "nothing");
        assertThat(output)
                .contains("engine onednn true", "engine onnx true", "engine samediff true", "feature of 32 by samediff")
                .containsPattern("formats [5-9]");
    }

    @Test
    void withoutNd4jTheOtherEnginesRun() throws Exception {
        String output = lookup("foreign", "auto", "nd4j");
        assertThat(output)
                .contains("engine onednn true", "feature of 32 by onednn")
                .doesNotContain("engine samediff");
        assertThat(lookup("foreign", "samediff", "nd4j"))
                .contains("unknown engine 'samediff'; on the class path: onednn")
                .containsPattern("passed over: .*EngineProvider.*: the class org\\.nd4j\\S+ is missing");
    }

    @Test
    void withoutOnnxRuntimeTheOtherEnginesRun() throws Exception {
        assertThat(lookup("foreign", "auto", "onnxruntime"))
                .contains("engine onednn true", "engine samediff true", "feature of 32 by onednn")
                .doesNotContain("engine onnx");
    }

    private static String lookup(String loader, String engine, String leftOut) throws Exception {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> !Path.of(jar).getFileName().toString().startsWith(leftOut))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.logger=slf4j",
                        "-cp",
                        path,
                        Lookup.class.getName(),
                        loader,
                        engine)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
