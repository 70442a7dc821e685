package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCheckTest {
    @TempDir
    Path root;

    private final List<ReidImage> images = new ArrayList<>();

    private static byte[] encoded(String format) throws IOException {
        byte[] rgb = new byte[40 * 30 * 3];
        new SplittableRandom(1).nextBytes(rgb);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new RgbImage(40, 30, rgb).toBufferedImage(), format, bytes);
        return bytes.toByteArray();
    }

    private Path add(String name, byte[] content) throws IOException {
        Path file = root.resolve(name);
        Files.write(file, content);
        images.add(new ReidImage(file, 1, 1));
        return file;
    }

    private List<Path> found(ImageCheck check) throws IOException {
        return check.unreadable(images, (done, total) -> {}).stream()
                .map(UnreadableImage::path)
                .toList();
    }

    @Test
    void brokenFilesAreFound() throws IOException {
        List<Path> broken = new ArrayList<>();
        for (String format : List.of("jpg", "png", "bmp")) {
            byte[] whole = encoded(format);
            add("whole." + format, whole);
            broken.add(add("half." + format, Arrays.copyOf(whole, whole.length / 2)));
            broken.add(add("few." + format, Arrays.copyOf(whole, 7)));
        }
        add("named-otherwise.jpg", encoded("png"));
        broken.add(add("empty.jpg", new byte[0]));
        broken.add(add("page.jpg", "<html>404</html>".getBytes(StandardCharsets.UTF_8)));
        images.add(new ReidImage(root.resolve("gone.jpg"), 1, 1));
        broken.add(root.resolve("gone.jpg"));
        // The marker of the end is not the end, which decoders let pass: looked at closely, and found to be fine.
        byte[] jpeg = encoded("jpg");
        add("trailing.jpg", Arrays.copyOf(jpeg, jpeg.length + 3));
        assertThat(found(ImageCheck.QUICK)).isEqualTo(broken);
        assertThat(found(ImageCheck.DECODE)).isEqualTo(broken);
        assertThat(found(ImageCheck.NONE)).isEmpty();
        assertThat(ImageCheck.QUICK.unreadable(images, (done, total) -> {}))
                .allSatisfy(image ->
                        assertThat(image.reason()).startsWith(image.path().toString() + ": "));
    }

    @Test
    void damageInTheMiddleIsFoundByDecoding() throws IOException {
        byte[] png = encoded("png");
        png[png.length / 2] ^= 1;
        Path file = add("bad.png", png);
        assertThat(found(ImageCheck.QUICK)).isEmpty();
        assertThat(found(ImageCheck.DECODE)).containsExactly(file);
    }

    @Test
    void progressCountsToTheEnd() throws IOException {
        byte[] png = encoded("png");
        for (int i = 0; i < 25; i++) {
            add(i + ".png", png);
        }
        List<Integer> counts = new ArrayList<>();
        ImageCheck.QUICK.unreadable(images, (done, total) -> {
            assertThat(total).isEqualTo(25);
            counts.add(done);
        });
        assertThat(counts).isEqualTo(IntStream.rangeClosed(1, 25).boxed().toList());
        assertThatThrownBy(() -> ImageCheck.QUICK.unreadable(images, (done, total) -> {
                    throw new ArithmeticException("enough");
                }))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void anInterruptEndsIt() throws IOException {
        add("a.png", encoded("png"));
        CountDownLatch never = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ImageCheck.DECODE.unreadable(images, (done, total) -> {
                    try {
                        never.await(); // the work cannot be done before the interrupt is seen
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
