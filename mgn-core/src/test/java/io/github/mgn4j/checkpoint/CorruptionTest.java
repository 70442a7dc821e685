package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files are refused by the exceptions meant for that; nothing else comes out. */
class CorruptionTest {
    private static final int FLIPS = 500;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"views.pth", "legacy-views.pth", "tiny.safetensors"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        Path cut = folder.resolve("cut");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThat(isRefused(cut))
                    .as("first %s bytes of %s", length, whole.length)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "views.pth",
                "dtypes.pth",
                "protocol4.pth",
                "wrapped.pth",
                "module-whole.pth",
                "legacy-views.pth",
                "legacy-beside.pth",
                "module-whole-legacy.pth",
                "python2.pth",
                "tiny.safetensors"
            })
    void flippedBytesNeverDoMore(String name) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        Random random = new Random(name.hashCode());
        Path flipped = folder.resolve("flipped");
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] bytes = whole.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(flipped, bytes);
            refused += isRefused(flipped) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(FLIPS / 4);
    }

    @Test
    void flippedPicklesNeverDoMore() throws IOException {
        // Inside an archive whose sums are right, so that the damage reaches the pickle itself.
        Map<String, byte[]> archive = TestFiles.unzip(file("wrapped.pth"));
        byte[] pickle = archive.get("wrapped/data.pkl");
        Random random = new Random(8);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] bytes = Objects.requireNonNull(pickle).clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            archive.put("wrapped/data.pkl", bytes);
            refused += isRefused(TestFiles.zip(folder.resolve("flipped"), archive)) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(FLIPS / 4);
    }

    @Test
    void flippedHeadersOfModelFilesNeverDoMore() throws IOException {
        Path model = folder.resolve("model.safetensors");
        ModelFile.save(
                model,
                WeightInit.initialise(
                        MgnSpec.builder()
                                .backbone(18, 1 / 64.0)
                                .embedding(2)
                                .classes(2)
                                .build(),
                        1));
        byte[] whole = Files.readAllBytes(model);
        Random random = new Random(9);
        Path flipped = folder.resolve("flipped");
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(600)] = (byte) random.nextInt(256);
            Files.write(flipped, bytes);
            try {
                ModelFile.load(flipped);
            } catch (WeightsException e) {
                refused++;
                assertThat(e).hasMessageStartingWith(flipped.toString());
            }
        }
        assertThat(refused).isGreaterThan(FLIPS / 2);
    }

    private Path file(String name) throws IOException {
        if (!name.equals("tiny.safetensors")) {
            return TestFiles.resource(folder, name);
        }
        Path file = folder.resolve(name);
        Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Safetensors.write(file, ImmutableMap.of("conv.weight", tensor, "b", tensor), Map.of("k", "v"));
        return file;
    }

    /** Whether a file is refused; any other exception or error than those meant for it ends the test. */
    private static boolean isRefused(Path file) {
        try {
            boolean torch;
            try (MappedFile mapped = MappedFile.open(file)) {
                torch = TorchCheckpoint.begins(mapped);
            }
            Map<String, Tensor> tensors =
                    torch ? TorchCheckpoint.read(file) : Safetensors.read(file).tensors();
            tensors.values().forEach(Tensor::toArray);
            WeightImporter.load(file, ImportOptions.defaults());
            return false;
        } catch (WeightsException | SpecException | IOException e) {
            return !String.valueOf(e.getMessage()).contains("no known layout");
        }
    }
}
