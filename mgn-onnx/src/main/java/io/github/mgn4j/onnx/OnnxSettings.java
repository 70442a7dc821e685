package io.github.mgn4j.onnx;

import java.util.Map;

/**
 * Settings of an {@link OnnxEngine}. Immutable.
 *
 * @param device the device to compute on
 * @param gpu index of the GPU, counted from 0; ignored on the CPU
 * @param threads number of CPU threads; 0 for one per core
 * @param tf32 whether a GPU may round the factors of float32 products to 10 bits of mantissa, which is several times as
 *     fast
 * @param fallback whether the CPU computes what the GPU cannot, if necessary the whole network; a warning is logged
 *     then. If false, opening fails instead
 * @param provider further options of the execution provider by ONNX Runtime's names, such as {@code prefer_nhwc}
 */
public record OnnxSettings(
        OnnxDevice device, int gpu, int threads, boolean tf32, boolean fallback, Map<String, String> provider) {
    /** Prefix of the system properties of {@link #ofProperties}. */
    private static final String PREFIX = "mgn.onnx.";

    /**
     * Checks the settings.
     *
     * @throws OnnxException if {@code gpu} or {@code threads} is negative
     */
    public OnnxSettings {
        OnnxException.check(gpu >= 0, "gpu must be 0 or more, not %s", gpu);
        OnnxException.check(threads >= 0, "threads must be 0 (one for every core) or more, not %s", threads);
        provider = Map.copyOf(provider);
    }

    /** Returns the defaults: the first GPU, all cores, exact float32, no fallback. */
    public static OnnxSettings of(OnnxDevice device) {
        return new OnnxSettings(device, 0, 0, false, false, Map.of());
    }

    /**
     * Returns the defaults, changed by the system properties {@code mgn.onnx.gpu}, {@code mgn.onnx.threads}, {@code
     * mgn.onnx.tf32} and {@code mgn.onnx.fallback}. An engine that is chosen by name has these settings.
     *
     * @throws OnnxException if a property is not a number
     */
    public static OnnxSettings ofProperties(OnnxDevice device) {
        return new OnnxSettings(
                device,
                number("gpu"),
                number("threads"),
                Boolean.getBoolean(PREFIX + "tf32"),
                Boolean.getBoolean(PREFIX + "fallback"),
                Map.of());
    }

    private static int number(String name) {
        String text = System.getProperty(PREFIX + name, "0");
        OnnxException.check(
                text.matches("\\d{1,9}"), "the system property %s%s must be a number, not '%s'", PREFIX, name, text);
        return Integer.parseInt(text);
    }

    /** Returns these settings with another {@link #threads}. */
    public OnnxSettings withThreads(int newThreads) {
        return new OnnxSettings(device, gpu, newThreads, tf32, fallback, provider);
    }

    /** Returns these settings with another {@link #gpu}. */
    public OnnxSettings withGpu(int index) {
        return new OnnxSettings(device, index, threads, tf32, fallback, provider);
    }

    /** Returns these settings with another {@link #tf32}. */
    public OnnxSettings withTf32(boolean on) {
        return new OnnxSettings(device, gpu, threads, on, fallback, provider);
    }

    /** Returns these settings with another {@link #fallback}. */
    public OnnxSettings withFallback(boolean on) {
        return new OnnxSettings(device, gpu, threads, tf32, on, provider);
    }

    /** Returns these settings with other {@link #provider} options. */
    public OnnxSettings withProvider(Map<String, String> options) {
        return new OnnxSettings(device, gpu, threads, tf32, fallback, options);
    }
}
