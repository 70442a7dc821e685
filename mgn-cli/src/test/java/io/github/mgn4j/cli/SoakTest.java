package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A service's day in small: an extractor on every engine, each used by two threads with requests of all sizes, as long as the
 * system property {@code mgn.soak.minutes} says. The features stay the same, and the process does not grow.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class SoakTest {
    private static final double MINUTES = Double.parseDouble(System.getProperty("mgn.soak.minutes", "2"));
    private static final int IMAGES = 40;
    private static final int LARGEST = 12;
    private static final int THREADS = 2;
    /** Kilobytes by which the least of the last quarter may exceed that of the second. */
    private static final long FLAT = 16_000;

    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1.0 / 16)
            .input(96, 32)
            .embedding(8)
            .classes(4)
            .build();

    @Test
    void aServiceNeitherGrowsNorChangesItsMind() throws Exception {
        Model model = ReferenceWeights.model(SPEC);
        List<RgbImage> images = images();
        long end = System.nanoTime() + (long) (MINUTES * TimeUnit.MINUTES.toNanos(1));
        Map<String, AtomicLong> requests = new ConcurrentHashMap<>();
        List<FeatureExtractor> extractors = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Long> resident = new ArrayList<>();
        try {
            List<Future<?>> users = new ArrayList<>();
            for (EngineProvider provider : Engines.providers()) {
                if (provider.available()) {
                    FeatureExtractor extractor = FeatureExtractor.builder(model)
                            .engine(provider.name())
                            .batch(LARGEST)
                            .build();
                    extractors.add(extractor);
                    AtomicLong count = requests.computeIfAbsent(provider.name(), name -> new AtomicLong());
                    for (int i = 0; i < THREADS; i++) {
                        int seed = i;
                        users.add(threads.submit(() -> use(extractor, images, seed, end, count)));
                    }
                }
            }
            while (System.nanoTime() < end) {
                Thread.sleep((long) (MINUTES * 600)); // a hundred samples
                resident.add(residentKilobytes());
            }
            for (Future<?> user : users) {
                user.get();
            }
        } finally {
            threads.shutdown();
            extractors.forEach(FeatureExtractor::close);
        }
        int quarter = resident.size() / 4;
        long early = Collections.min(resident.subList(quarter, 2 * quarter));
        long late = Collections.min(resident.subList(3 * quarter, resident.size()));
        String figures = "%s requests in %s minutes; resident set %s kB in the second quarter, %s kB in the last"
                .formatted(requests, MINUTES, early, late);
        Files.writeString(Path.of("target", "soak.txt"), figures + "\n");
        assertThat(late - early).as(figures).isLessThan(FLAT);
        assertThat(requests.values())
                .allSatisfy(count -> assertThat(count.get()).isGreaterThan(100));
    }

    private static void use(FeatureExtractor extractor, List<RgbImage> images, int seed, long end, AtomicLong count) {
        float[][] expected = images.stream().map(extractor::extract).toArray(float[][]::new);
        SplittableRandom random = new SplittableRandom(seed);
        while (System.nanoTime() < end) {
            int first = random.nextInt(IMAGES - LARGEST);
            int size = 1 + random.nextInt(LARGEST);
            var found = extractor.extractImages(images.subList(first, first + size));
            for (int i = 0; i < size; i++) {
                assertClose(found.row(i), expected[first + i]);
            }
            count.incrementAndGet();
        }
    }

    private static void assertClose(float[] found, float[] expected) {
        for (int j = 0; j < expected.length; j++) {
            if (!(Math.abs(found[j] - expected[j]) <= 1e-4 * Math.max(1, Math.abs(expected[j])))) {
                throw new AssertionError("value %d is %s, was %s at first".formatted(j, found[j], expected[j]));
            }
        }
    }

    private static List<RgbImage> images() {
        SplittableRandom random = new SplittableRandom(1);
        List<RgbImage> images = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            int width = 20 + random.nextInt(100);
            int height = 40 + random.nextInt(200);
            byte[] pixels = new byte[3 * width * height];
            random.nextBytes(pixels);
            images.add(new RgbImage(width, height, pixels));
        }
        return images;
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
