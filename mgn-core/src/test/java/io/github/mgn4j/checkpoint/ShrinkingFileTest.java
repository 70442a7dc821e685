package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that become shorter while they are read: over a network, or since a download begins anew. In a process of its own,
 * for it is the process that a wrong access would end.
 */
class ShrinkingFileTest {
    @TempDir
    Path folder;

    static final class Reads {
        private Reads() {}

        public static void main(String... args) throws IOException {
            Path folder = Path.of(args[0]);
            Path archive = TestFiles.resource(folder, "mgn-pytorch.pth.gz");
            Path model = folder.resolve("model.safetensors");
            MgnSpec spec = MgnSpec.builder().backbone(18, 1 / 16.0).classes(9).build();
            ModelFile.save(model, WeightInit.initialise(spec, 1));
            try (MappedFile mapped = MappedFile.open(archive)) {
                ZipEntry entry =
                        ZipEntries.read(mapped).entries().values().iterator().next();
                mapped.slice(0, mapped.size()).get(0); // it is mapped now
                cut(archive);
                print(entry::checksum);
            }
            TensorFile content = Safetensors.read(model);
            cut(model);
            print(() -> ModelFile.toModel(model, content));
            System.out.println("alive");
        }

        private interface Access {
            void run() throws IOException;
        }

        private static void print(Access access) throws IOException {
            try {
                access.run();
            } catch (WeightsException e) {
                System.out.println(e.getMessage());
            }
        }

        private static void cut(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }

    @Test
    void theyAreRefusedAndTheProcessLives() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reads.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .containsExactly(
                        folder.resolve("mgn-pytorch.pth") + ": became shorter while it was read",
                        folder.resolve("model.safetensors") + ": became shorter while it was read",
                        "alive");
        assertThat(Files.exists(folder.resolve("crash"))).isFalse();
    }
}
