package io.github.mgn4j.cli;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The speed of an engine on random images, with as many concurrent calls as it benefits from.
 *
 * @param input format of the input: {@code pixels}, which the engine normalises, or normalised {@code floats}
 * @param concurrency number of concurrent calls
 * @param millisPerImage median over batches of a batch's time, divided by the images processed concurrently
 * @param meanMillisPerImage mean instead of the median: a batch that waited for others counts
 */
record EngineSpeed(String input, int concurrency, double millisPerImage, double meanMillisPerImage) {
    private static final int WARM_UP_BATCHES = 3;

    /** Measures an engine for {@code seconds}. */
    static EngineSpeed measure(Engine engine, int batch, double seconds) {
        int largest = Engines.largestBatch(engine);
        if (batch > largest) {
            throw new IllegalArgumentException(
                    "--batch must be at most " + largest + " for this network, not " + batch);
        }
        int concurrency = engine.concurrency();
        List<Runnable> calls = new ArrayList<>();
        for (int i = 0; i < concurrency; i++) {
            calls.add(call(engine, batch, new SplittableRandom(1 + i)));
        }
        List<Double> millis = millis(calls, seconds);
        Collections.sort(millis);
        double images = (double) batch * concurrency;
        return new EngineSpeed(
                engine instanceof PixelEngine ? "pixels" : "floats",
                concurrency,
                millis.get(millis.size() / 2) / images,
                millis.stream().mapToDouble(m -> m).average().orElseThrow() / images);
    }

    /** Returns a call that computes the features of a batch of random images. */
    private static Runnable call(Engine engine, int batch, SplittableRandom random) {
        InputSize size = engine.spec().input();
        int values = batch * RgbImage.CHANNELS * size.height() * size.width();
        FloatBuffer features = Buffers.allocate((long) batch * engine.spec().featureLength());
        if (engine instanceof PixelEngine ofPixels) {
            ByteBuffer pixels = ofPixels.newPixelBuffer(values);
            for (int i = 0; i < values; i++) {
                pixels.put(i, (byte) random.nextInt());
            }
            return () -> ofPixels.run(pixels, batch, false, features);
        }
        FloatBuffer images = Buffers.allocate(values);
        for (int i = 0; i < values; i++) {
            images.put(i, (float) (4 * random.nextDouble() - 2));
        }
        return () -> engine.run(images, batch, features);
    }

    /** Returns the times of all calls, which run concurrently. */
    private static List<Double> millis(List<Runnable> calls, double seconds) {
        if (calls.size() == 1) { // on this thread, as callers do
            return millis(calls.get(0), seconds, new AtomicBoolean());
        }
        AtomicBoolean failed = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Callable<List<Double>>> tasks = new ArrayList<>();
            calls.forEach(call -> tasks.add(() -> millis(call, seconds, failed)));
            List<Double> all = new ArrayList<>();
            for (Future<List<Double>> task : tasks.stream().map(threads::submit).toList()) {
                all.addAll(Uninterruptibles.getUninterruptibly(task));
            }
            return all;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        } finally {
            threads.shutdown();
        }
    }

    private static List<Double> millis(Runnable call, double seconds, AtomicBoolean failed) {
        List<Double> millis = new ArrayList<>();
        try {
            for (int i = 0; i < WARM_UP_BATCHES; i++) {
                call.run();
            }
            long end = System.nanoTime() + (long) (seconds * 1e9);
            do {
                long start = System.nanoTime();
                call.run();
                millis.add((System.nanoTime() - start) / 1e6);
            } while (System.nanoTime() < end && !failed.get());
            return millis;
        } catch (Throwable e) {
            failed.set(true);
            throw e;
        }
    }
}
