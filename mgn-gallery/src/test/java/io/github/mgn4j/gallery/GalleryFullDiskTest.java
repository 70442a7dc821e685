package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;

/** A file that cannot grow, as on a full disk: what was committed stays, and the gallery goes on when there is room again. */
@EnabledOnOs(LINUX)
class GalleryFullDiskTest {
    @TempDir
    Path temporary;

    /** Runs a writer whose files may have so many blocks of 512 bytes, and returns the lines that it printed. */
    private List<String> fill(int blocks, boolean replace) throws IOException, InterruptedException {
        Path out = temporary.resolve("out.txt");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -f " + blocks + " && exec \"$@\"",
                        "sh",
                        java,
                        "-XX:-UsePerfData",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GalleryFullDiskTarget.class.getName(),
                        temporary.resolve("gallery").toString(),
                        Boolean.toString(replace))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(writer.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return Files.readAllLines(out, StandardCharsets.UTF_8);
    }

    private static int committed(List<String> lines) {
        assertThat(lines).last().isEqualTo("IOException");
        return Integer.parseInt(lines.get(lines.size() - 2));
    }

    @Test
    void keepsWhatWasCommitted() throws Exception {
        int commits = committed(fill(9000, false)); // 4.5 MB, where a block of features takes 4 MB
        try (Gallery gallery = Gallery.openForWriting(temporary.resolve("gallery"))) {
            gallery.verify();
            int last = gallery.size() / GalleryFullDiskTarget.PER_COMMIT;
            assertThat(gallery.size() % GalleryFullDiskTarget.PER_COMMIT).isZero();
            assertThat(last).isBetween(commits, commits + 1);
            for (int commit = 1; commit <= last; commit++) {
                assertThat(gallery.search(GalleryFullDiskTarget.feature(commit), SearchOptions.nearest(1))
                                .get(0)
                                .distance())
                        .isZero();
            }
            gallery.add(GalleryFullDiskTarget.entry(0), GalleryFullDiskTarget.feature(0));
            gallery.commit();
            assertThat(gallery.size()).isEqualTo(last * GalleryFullDiskTarget.PER_COMMIT + 1);
        }
    }

    @Test
    void keepsTheLastReplacement() throws Exception {
        int commits = committed(fill(9000, true));
        try (Gallery gallery = Gallery.openForWriting(temporary.resolve("gallery"))) {
            gallery.verify();
            assertThat(gallery.size()).isEqualTo(GalleryFullDiskTarget.PER_COMMIT);
            gallery.forEach((entry, feature) -> assertThat(feature[0]).isBetween((float) commits, commits + 1f));
        }
    }
}
