package io.github.mgn4j.bench;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.FeatureExtractorBuilder;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Measures views per second from image files to features, mirrors included, for one and several extractors and threads
 * of one process, relative to the engine alone on prepared images. All measurements take turns, round after round, so
 * that disturbances of the machine affect all alike. Prints a Markdown table. A program and not a JMH benchmark,
 * because it measures whole concurrent extractions, start and end included, in one process.
 *
 * <p>Arguments, {@code name=value}: {@code model}; {@code engine} (auto), {@code precision} (fp32), {@code batch} (16),
 * {@code decoders} (the default's), {@code images} (a folder, or the approximate number of 128x256 images to create:
 * 200), {@code parallel} (1,2,4), {@code rounds} (3), {@code seconds} per measurement (10).
 */
public final class ExtractorThroughput {
    private static final int WARM_UP_BATCHES = 3;
    private static final int VIEWS = 2;
    private static final ImmutableMap<String, String> DEFAULTS = ImmutableMap.of(
            "model", "",
            "engine", Engines.AUTO,
            "precision", "fp32",
            "batch", "16",
            "decoders", "0",
            "images", "200",
            "parallel", "1,2,4",
            "rounds", "3",
            "seconds", "10");

    private final Model model;
    private final String engine;
    private final Precision precision;
    private final int batch;
    private final int decoders;
    private final List<Path> files;
    private final double seconds;

    private ExtractorThroughput(Map<String, String> arguments, List<Path> files) throws IOException {
        model = ModelFile.load(Path.of(value(arguments, "model")));
        engine = value(arguments, "engine");
        precision = Precision.valueOf(value(arguments, "precision").toUpperCase(Locale.ROOT));
        batch = Integer.parseInt(value(arguments, "batch"));
        decoders = Integer.parseInt(value(arguments, "decoders"));
        seconds = Double.parseDouble(value(arguments, "seconds"));
        this.files = files;
    }

    public static void main(String... args) throws IOException, InterruptedException, ExecutionException {
        Map<String, String> arguments = new LinkedHashMap<>(DEFAULTS);
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0 || arguments.put(arg.substring(0, equals), arg.substring(equals + 1)) == null) {
                throw new IllegalArgumentException(
                        "'" + arg + "': NAME=VALUE expected, names are " + DEFAULTS.keySet());
            }
        }
        int[] parallel = Arrays.stream(value(arguments, "parallel").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        int rounds = Integer.parseInt(value(arguments, "rounds"));
        String images = value(arguments, "images");
        if (Files.isDirectory(Path.of(images))) {
            new ExtractorThroughput(arguments, ImageFiles.list(Path.of(images))).run(parallel, rounds);
            return;
        }
        Path created = Files.createTempDirectory("mgn-extractor-throughput");
        try {
            int ids = Math.max(1, Integer.parseInt(images) / 16); // of 2 x 2 x 2 in training and as many in test
            SynthOptions options = new SynthOptions(ids, 2, 4, 128, 256, 1);
            SyntheticDataset.write(options, created, true, (done, total) -> {});
            new ExtractorThroughput(arguments, ImageFiles.list(created)).run(parallel, rounds);
        } finally {
            MoreFiles.deleteRecursively(created, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private static String value(Map<String, String> arguments, String name) {
        return Objects.requireNonNull(arguments.get(name), name);
    }

    private void run(int[] parallel, int rounds) throws IOException, InterruptedException, ExecutionException {
        int max = Arrays.stream(parallel).max().orElseThrow();
        List<FeatureExtractor> extractors = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(max);
        try (Engine alone = Engines.open(engine, model, new EngineOptions(precision, batch))) {
            for (int i = 0; i < max; i++) {
                extractors.add(open());
                extractors.get(i).extract(files(WARM_UP_BATCHES * batch));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s %s, batch %d, %d processors, %d files, %.1f s each, %d rounds%n%n",
                    alone.name(),
                    alone.precision(),
                    batch,
                    Runtime.getRuntime().availableProcessors(),
                    files.size(),
                    seconds,
                    rounds);
            Map<String, double[]> rates = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                double own = engineRate(alone);
                put(rates, "engine alone", round, rounds, own);
                for (int count : parallel) {
                    double several = rate(extractors.subList(0, count), own, threads);
                    put(rates, count + " x extractor, a thread each", round, rounds, several);
                    if (count > 1) {
                        List<FeatureExtractor> same = Collections.nCopies(count, extractors.get(0));
                        put(rates, "1 extractor, " + count + " threads", round, rounds, rate(same, own, threads));
                    }
                }
            }
            print(rates);
        } finally {
            threads.shutdown();
            extractors.forEach(FeatureExtractor::close);
        }
    }

    private FeatureExtractor open() {
        FeatureExtractorBuilder builder = FeatureExtractor.builder(model)
                .engine(engine)
                .precision(precision)
                .batch(batch);
        return (decoders == 0 ? builder : builder.decoders(decoders)).build();
    }

    private static void put(Map<String, double[]> rates, String what, int round, int rounds, double rate) {
        rates.computeIfAbsent(what, key -> new double[rounds])[round] = rate;
    }

    /** Returns images per second of the engine on the same prepared images. */
    private double engineRate(Engine alone) {
        InputSize input = alone.spec().input();
        FloatBuffer images = Buffers.allocate(3L * batch * input.height() * input.width());
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < images.capacity(); i++) {
            images.put(i, (float) (4 * random.nextDouble() - 2));
        }
        FloatBuffer features = Buffers.allocate((long) batch * alone.spec().featureLength());
        for (int i = 0; i < WARM_UP_BATCHES; i++) {
            alone.run(images, batch, features);
        }
        long start = System.nanoTime();
        long runs = 0;
        double elapsed;
        do {
            alone.run(images, batch, features);
            runs++;
            elapsed = (System.nanoTime() - start) / 1e9;
        } while (elapsed < seconds);
        return runs * batch / elapsed;
    }

    /**
     * Returns views per second of concurrent extractions, one per entry.
     *
     * @param expected views per second, from which the number of files is chosen such that the extractions take about
     *     as long as they should
     */
    private double rate(List<FeatureExtractor> extractors, double expected, ExecutorService threads)
            throws InterruptedException, ExecutionException {
        long batches = Math.max(2, Math.round(expected * seconds / VIEWS / batch / extractors.size()));
        List<Path> list = files(Math.toIntExact(batches * batch));
        List<Future<?>> running = new ArrayList<>();
        long start = System.nanoTime();
        for (FeatureExtractor extractor : extractors) {
            running.add(threads.submit(() -> {
                extractor.extract(list, OnError.FAIL, ExtractionListener.NONE, (image, features) -> {});
                return null;
            }));
        }
        for (Future<?> extraction : running) {
            extraction.get();
        }
        return VIEWS * (double) list.size() * extractors.size() / ((System.nanoTime() - start) / 1e9);
    }

    /** Returns {@code count} files, repeating those of the folder. */
    private List<Path> files(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> files.get(i % files.size()))
                .toList();
    }

    private static void print(Map<String, double[]> rates) {
        double[] own = rates.values().iterator().next();
        System.out.println("| | views/s | share of the engine's own rate | least to most |");
        System.out.println("|---|---:|---:|---:|");
        rates.forEach((what, found) -> {
            double[] shares = IntStream.range(0, own.length)
                    .mapToDouble(round -> 100 * found[round] / own[round])
                    .sorted()
                    .toArray();
            double[] sorted = Arrays.stream(found).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f %% | %.1f to %.1f %% |%n",
                    what,
                    sorted[sorted.length / 2],
                    shares[shares.length / 2],
                    shares[0],
                    shares[shares.length - 1]);
        });
    }
}
