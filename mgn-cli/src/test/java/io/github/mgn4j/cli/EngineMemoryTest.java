package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every engine on the class path, in every precision that it has here, takes of the machine's memory: the resident set,
 * which no allocator can hide from. Always the least of some, for the heap comes and goes.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class EngineMemoryTest {
    private static final int BATCHES = 10_000;
    private static final int ENGINES = 200;
    private static final int LARGE_ENGINES = 60;
    private static final int FAILURES = 2000;
    private static final int SAMPLES = 100;
    private static final int LARGEST = 8;
    /** Kilobytes by which the least of the last samples may exceed that of the earlier ones. */
    private static final long FLAT = 10_000;
    /** The same for large engines: less than the weights of one of the 72 that are closed in between. */
    private static final long FLAT_OF_LARGE = 50_000;

    private static final int HEIGHT = 96;
    private static final int WIDTH = 32;
    private static final Model TINY = model(18, 1.0 / 16);
    /** 17 million weights: 70 MB of float32. */
    private static final Model LARGE = model(50, 0.5);

    private static Model model(int depth, double width) {
        MgnSpec spec = MgnSpec.builder()
                .backbone(depth, width)
                .input(HEIGHT, WIDTH)
                .embedding(8)
                .classes(4)
                .build();
        Model model = ReferenceWeights.model(spec);
        try (Calibration calibration = new Calibration(model)) {
            calibration.add(images(1));
            return calibration.calibrated();
        }
    }

    static Stream<Arguments> engines() {
        return Engines.providers().stream()
                .filter(EngineProvider::available)
                .flatMap(provider -> new TreeSet<>(provider.precisions())
                        .stream()
                                .filter(precision -> reallyHas(provider, precision))
                                .map(precision -> Arguments.of(provider.name(), precision, provider)));
    }

    private static boolean reallyHas(EngineProvider provider, Precision precision) {
        try (Engine engine = provider.open(TINY, new EngineOptions(precision, 1))) {
            return engine.precision() == precision;
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("engines")
    void batchesTakeNone(String name, Precision precision, EngineProvider provider) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<Long> resident = new ArrayList<>();
        try (Engine engine = provider.open(TINY, new EngineOptions(precision, LARGEST))) {
            FloatBuffer images = images(LARGEST);
            FloatBuffer features = FloatBuffer.allocate(LARGEST * TINY.spec().featureLength());
            for (int i = 0; i < BATCHES; i++) {
                // Three usual sizes, and now and then another, for which a plan may have to go.
                int batch = random.nextInt(20) == 0 ? 1 + random.nextInt(LARGEST) : 1 << random.nextInt(3);
                engine.run(images, batch, features);
                if ((i + 1) % (BATCHES / SAMPLES) == 0) {
                    resident.add(residentKilobytes());
                }
            }
        }
        assertFlat(name + " " + precision + ", batches", resident, FLAT);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("engines")
    void enginesThatAreClosedTakeNone(String name, Precision precision, EngineProvider provider) throws IOException {
        List<Long> resident = new ArrayList<>();
        for (int i = 0; i < ENGINES; i++) {
            run(provider, precision, TINY);
            if ((i + 1) % (ENGINES / SAMPLES) == 0) {
                resident.add(residentKilobytes());
            }
        }
        assertFlat(name + " " + precision + ", engines opened and closed", resident, FLAT);
    }

    /** Two large ones at a time. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("engines")
    void closingGivesBackWhatWasTaken(String name, Precision precision, EngineProvider provider) throws IOException {
        List<Long> resident = new ArrayList<>();
        for (int i = 0; i < LARGE_ENGINES; i++) {
            try (Engine one = provider.open(LARGE, new EngineOptions(precision, 1));
                    Engine other = provider.open(LARGE, new EngineOptions(precision, 1))) {
                run(one, 1);
                run(other, 1);
            }
            Pointer.trimMemory(); // or the holes that the C library keeps would be counted
            resident.add(residentKilobytes());
        }
        assertFlat(name + " " + precision + ", pairs of large engines opened and closed", resident, FLAT_OF_LARGE);
    }

    static Stream<Arguments> failures() {
        Model uncalibrated = new Model(TINY.spec(), TINY.weights());
        return Engines.providers().stream()
                .flatMap(provider -> Stream.of(Precision.values())
                        .filter(precision -> precision == Precision.INT8 || !provider.available())
                        .filter(provider.precisions()::contains)
                        .map(precision -> Arguments.of(provider.name(), precision, provider, uncalibrated)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("failures")
    void enginesThatCannotBeOpenedTakeNone(String name, Precision precision, EngineProvider provider, Model model)
            throws IOException {
        List<Long> resident = new ArrayList<>();
        for (int i = 0; i < FAILURES; i++) {
            assertThatThrownBy(() -> provider.open(model, new EngineOptions(precision, 1)))
                    .isInstanceOf(EngineException.class);
            if ((i + 1) % (FAILURES / SAMPLES) == 0) {
                resident.add(residentKilobytes());
            }
        }
        assertFlat(name + " " + precision + ", failures to open", resident, FLAT);
    }

    private static void run(EngineProvider provider, Precision precision, Model model) {
        try (Engine engine = provider.open(model, new EngineOptions(precision, 2))) {
            run(engine, 1);
            run(engine, 2);
        }
    }

    private static void run(Engine engine, int batch) {
        engine.run(
                images(batch), batch, FloatBuffer.allocate(batch * engine.spec().featureLength()));
    }

    /** In any layout: what the images show does not matter here. */
    private static FloatBuffer images(int batch) {
        return FloatBuffer.wrap(ReferenceWeights.images(batch, HEIGHT, WIDTH));
    }

    private static void assertFlat(String what, List<Long> resident, long bound) {
        // The first two fifths warm up the JVM and the allocators.
        int fifth = resident.size() / 5;
        long early = Collections.min(resident.subList(2 * fifth, 3 * fifth));
        long late = Collections.min(resident.subList(4 * fifth, 5 * fifth));
        System.out.printf("%s: resident kB early %d, late %d, grown by %d%n", what, early, late, late - early);
        assertThat(late - early).isLessThan(bound);
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
