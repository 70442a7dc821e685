package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Damages every fixture at random for {@code -Dfuzz.seconds} (20) from {@code -Dfuzz.seed} (1): a decoder gives a picture or
 * an {@link ImageException}, soon, and takes no more memory than the file's size can justify. What does otherwise is written to
 * {@code target/fuzz}; findings become cases of {@link DamagedImageTest}.
 */
@Tag("slow")
class ImageFuzzTest {
    /** Processor time, so that a busy machine is no finding. */
    private static final Duration SOON = Duration.ofSeconds(5);

    /** What any file may take: readers' buffers. */
    private static final long ALLOWANCE = 2 << 20;

    /** Deflate packs 1032 bytes into one; each may hold eight pixels, which become three bytes. A third more for scratch. */
    private static final long BYTES_PER_BYTE = 1032 * 8 * 4;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private volatile byte[] current = new byte[0];
    private volatile long round;
    private volatile long roundBegan;
    private volatile @Nullable String finding;

    @Test
    void givesAPictureOrAnImageException() throws IOException, InterruptedException {
        long seed = Long.getLong("fuzz.seed", 1);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 20)).toNanos();
        List<byte[]> seeds = ImageFixtures.rows("decode.tsv").stream()
                .map(row -> ImageFixtures.bytes("decode/" + row[0]))
                .toList();
        Mutations mutations = new Mutations(seeds);
        Thread decoder = new Thread(
                () -> {
                    long next = 0;
                    while (finding == null && System.nanoTime() - end < 0) {
                        round = ++next;
                        current = mutations.next(new Random(seed << 32 | round));
                        finding = check(current);
                    }
                },
                "fuzz");
        decoder.setDaemon(true);
        decoder.start();
        String complaint = null;
        while (decoder.isAlive() && complaint == null) {
            decoder.join(200);
            long spent = THREADS.getThreadCpuTime(decoder.getId()) - roundBegan;
            if (decoder.isAlive() && spent > SOON.toNanos()) {
                complaint = "still decoding after " + Duration.ofNanos(spent);
            }
        }
        complaint = complaint == null ? finding : complaint;
        if (complaint != null) {
            Path file = Files.createDirectories(Path.of("target", "fuzz")).resolve(seed + "-" + round + ".bin");
            complaint += "; seed " + seed + ", round " + round + ": "
                    + Files.write(file, current).toAbsolutePath();
        }
        assertThat(complaint).isNull();
        assertThat(round).isGreaterThan(1000);
    }

    private @Nullable String check(byte[] file) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        roundBegan = THREADS.getCurrentThreadCpuTime();
        try {
            RgbImage image = ImageDecoder.decode(new ByteArrayInputStream(file), "fuzz");
            if ((long) image.width() * image.height() > ImageDecoder.MAX_PIXELS) {
                return "a picture of " + image.width() + "x" + image.height();
            }
        } catch (ImageException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith("fuzz: ") || message.contains("\n")) {
                return "the message \"" + message + "\"";
            }
        } catch (Throwable e) {
            return e.toString();
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        long justified = ALLOWANCE + BYTES_PER_BYTE * file.length;
        return allocated > justified
                ? allocated + " bytes of memory for a file of " + file.length + " (" + justified + " allowed)"
                : null;
    }
}
