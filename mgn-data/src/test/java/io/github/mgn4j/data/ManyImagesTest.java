package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data set of a camera network's whole day: listed and sampled for an epoch by a JVM with a small heap. Without pixels:
 * a thousand empty files in one folder, and links to it as the identities' folders.
 */
class ManyImagesTest {
    private static final int FILES = 1000;

    @TempDir
    Path root;

    private Path list;

    @Test
    void aHundredThousandImages() throws Exception {
        run(100, "48m");
    }

    @Test
    @Tag("slow")
    void aMillionImages() throws Exception {
        run(1000, "320m");
    }

    private void run(int identities, String heap) throws Exception {
        make(identities);
        String expected = "images %d of %d identities, iterations %d"
                .formatted(identities * FILES, identities, identities * FILES / 64);
        assertThat(sample(heap, root.resolve("tree"))).isEqualTo(expected);
        assertThat(sample(heap, list)).isEqualTo(expected);
    }

    private void make(int identities) throws IOException {
        Path real = Files.createDirectories(root.resolve("real"));
        for (int i = 0; i < FILES; i++) {
            Files.createFile(real.resolve("c%d_20261123-%06d.jpg".formatted(1 + i % 8, i)));
        }
        Path train = Files.createDirectories(root.resolve("tree/train"));
        list = root.resolve("list.csv");
        try (BufferedWriter csv = Files.newBufferedWriter(list)) {
            csv.write("path,pid,camid,split\n");
            for (int id = 1; id <= identities; id++) {
                String name = "%06d".formatted(id);
                Files.createSymbolicLink(train.resolve(name), real);
                for (int i = 0; i < FILES; i++) {
                    csv.write("tree/train/%s/c%d_20261123-%06d.jpg,%d,%d,train%n"
                            .formatted(name, 1 + i % 8, i, id, 1 + i % 8));
                }
            }
        }
    }

    /** Lists and samples in another JVM; what it says. */
    private String sample(String heap, Path data) throws Exception {
        File errors = root.resolve("errors.txt").toFile();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sampling.class.getName(),
                        data.toString())
                .redirectError(errors)
                .start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as("%s %s", out, Files.readString(errors.toPath()))
                    .isZero();
            return out.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Lists a data set and draws an epoch's batches. */
    public static final class Sampling {
        private Sampling() {}

        public static void main(String[] args) throws IOException {
            long start = System.nanoTime();
            ReidDataset data = DatasetFormats.named("folder:/c(\\d)_").read(Path.of(args[0]));
            long listed = System.nanoTime();
            IdentityIndex index = IdentityIndex.of(data.requireTrain());
            IdentityBalancedSampler sampler = new IdentityBalancedSampler(index, 16, 4, EpochLength.FULL_PASS, 1);
            for (int i = 0; i < sampler.iterationsPerEpoch(); i++) {
                sampler.batch(0, i);
            }
            System.err.printf(
                    "%s: listed in %.1f s, sampled in %.1f s%n",
                    args[0], (listed - start) / 1e9, (System.nanoTime() - listed) / 1e9);
            System.out.printf(
                    "images %d of %d identities, iterations %d%n",
                    index.images(), index.classes(), sampler.iterationsPerEpoch());
        }
    }
}
