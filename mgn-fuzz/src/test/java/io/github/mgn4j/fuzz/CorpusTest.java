package io.github.mgn4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The seeds and earlier findings, without the fuzzer. */
class CorpusTest {
    private interface Target {
        void run(byte[] input) throws IOException;
    }

    private static final Map<String, Target> TARGETS = Map.of(
            "csv", CsvTarget::fuzzerTestOneInput,
            "json", JsonTarget::fuzzerTestOneInput,
            "npy", NpyTarget::fuzzerTestOneInput,
            "pickle", PickleTarget::fuzzerTestOneInput,
            "pth", PthTarget::fuzzerTestOneInput,
            "safetensors", SafetensorsTarget::fuzzerTestOneInput,
            "yaml", YamlTarget::fuzzerTestOneInput);

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json", "npy", "pickle", "pth", "safetensors", "yaml"})
    void everyInputGivesAResultOrADocumentedException(String name) throws IOException {
        Target target = TARGETS.getOrDefault(name, input -> {
            throw new IllegalStateException(name);
        });
        try (Stream<Path> files = Files.list(Path.of("corpus", name))) {
            List<Path> inputs = files.toList();
            assertThat(inputs).isNotEmpty();
            for (Path input : inputs) {
                target.run(Files.readAllBytes(input));
            }
        }
    }
}
