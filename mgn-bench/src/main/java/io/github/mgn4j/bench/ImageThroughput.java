package io.github.mgn4j.bench;

import com.sun.management.OperatingSystemMXBean;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Measures images per second of one thread, from files to resized images and to normalised floats, and prints one line
 * like its Pillow twin tools/reference/bench_images.py. A program and not a JMH benchmark, because compare-images.sh
 * runs the two in turn. It measures the processor time of the whole process, compiler and garbage collector included,
 * so that other processes hardly disturb.
 */
public final class ImageThroughput {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final Preprocessor PREPROCESSOR = new Preprocessor(new InputSize(384, 128), Resampling.BILINEAR);
    private static final FloatBuffer TARGET = FloatBuffer.allocate(PREPROCESSOR.length());

    private ImageThroughput() {}

    /** Arguments: a folder of images, and the seconds to measure after warming up for as long. */
    public static void main(String... args) throws IOException {
        Path folder = Path.of(args[0]);
        double seconds = Double.parseDouble(args[1]);
        List<Path> files = ImageFiles.list(folder);
        imagesPerSecond(files, seconds, true);
        double resized = imagesPerSecond(files, seconds / 2, false);
        double normalised = imagesPerSecond(files, seconds / 2, true);
        System.out.printf(
                Locale.ROOT,
                "{\"who\": \"mgn4j\", \"folder\": \"%s\", \"resized\": %.1f, \"normalised\": %.1f}%n",
                folder.getFileName(),
                resized,
                normalised);
    }

    private static double imagesPerSecond(List<Path> files, double seconds, boolean normalise) throws IOException {
        long start = PROCESS.getProcessCpuTime();
        double spent;
        long images = 0;
        do {
            for (Path file : files) {
                RgbImage image = PREPROCESSOR.resize(ImageDecoder.decode(file));
                if (normalise) {
                    PREPROCESSOR.write(image, false, Layout.NCHW, TARGET, 0);
                }
            }
            images += files.size();
            spent = (PROCESS.getProcessCpuTime() - start) / 1e9;
        } while (spent < seconds);
        return images / spent;
    }
}
