package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.RandomModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedExtractorsTest {
    @TempDir
    Path folder;

    /** An executor that ends while a task holds an extractor and another is idle. Arguments: the model, and a file for the numbers. */
    static final class Executor {
        private Executor() {}

        public static void main(String... args) throws Exception {
            Path model = Path.of(args[0]);
            Path numbers = Path.of(args[1]);
            ModelReference reference = new ModelReference(args[0], null, ModelReference.sha256(model));
            ExtractorSettings held = settings(reference, 1);
            ExtractorSettings idle = settings(reference, 2);
            SharedExtractors.acquire(held);
            SharedExtractors.acquire(idle);
            SharedExtractors.release(idle);
            CountingEngineProvider.ON_CLOSE.set(() -> {
                try {
                    Files.writeString(numbers, CountingEngineProvider.numbers());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            CountingEngineProvider.ON_CLOSE.get().run();
        }

        private static ExtractorSettings settings(ModelReference model, int batch) {
            return new ExtractorSettings(model, CountingEngineProvider.NAME, Precision.FP32, batch, null, 0);
        }
    }

    @Test
    void theEndOfTheProcessClosesAll() throws Exception {
        Path model = folder.resolve("m.safetensors");
        ModelFile.save(model, RandomModels.of(FakeEngine.SPEC, 1));
        Path numbers = folder.resolve("numbers");
        Path log = folder.resolve("log");

        Process executor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Executor.class.getName(),
                        model.toString(),
                        numbers.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = executor.waitFor(5, TimeUnit.MINUTES);
        executor.destroyForcibly();

        assertThat(ended).isTrue();
        assertThat(executor.exitValue()).as(Files.readString(log)).isZero();
        assertThat(numbers).hasContent("opened 2, closed 2");
    }
}
