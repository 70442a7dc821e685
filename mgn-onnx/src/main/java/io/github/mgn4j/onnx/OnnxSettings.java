package io.github.mgn4j.onnx;

import java.util.Map;

/**
 * How an {@link OnnxEngine} runs.
 *
 * @param device where it computes
 * @param gpu index of the GPU, counted from 0; without effect on the CPU
 * @param threads of the CPU, 0 for one for every core
 * @param tf32 whether a GPU may round the factors of float32 products to 10 bits of mantissa, which is several times as fast
 * @param fallback whether the CPU takes what the GPU cannot do, the whole network included; a warning is logged then.
 *     Without it, opening fails
 * @param provider further options of the execution provider by ONNX Runtime's names, such as {@code prefer_nhwc}
 */
public record OnnxSettings(
        OnnxDevice device, int gpu, int threads, boolean tf32, boolean fallback, Map<String, String> provider) {
    /** What the system properties of {@link #ofProperties} begin with. */
    private static final String PREFIX = "mgn.onnx.";

    public OnnxSettings {
        OnnxException.check(gpu >= 0, "gpu must be 0 or more, not %s", gpu);
        OnnxException.check(threads >= 0, "threads must be 0 (one for every core) or more, not %s", threads);
        provider = Map.copyOf(provider);
    }

    /** The defaults: the first GPU, all cores, exact float32, no fallback. */
    public static OnnxSettings of(OnnxDevice device) {
        return new OnnxSettings(device, 0, 0, false, false, Map.of());
    }

    /**
     * The defaults, changed by the system properties {@code mgn.onnx.gpu}, {@code mgn.onnx.threads}, {@code mgn.onnx.tf32} and
     * {@code mgn.onnx.fallback}: how an engine that is chosen by its name is set.
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

    public OnnxSettings withThreads(int newThreads) {
        return new OnnxSettings(device, gpu, newThreads, tf32, fallback, provider);
    }

    public OnnxSettings withGpu(int index) {
        return new OnnxSettings(device, index, threads, tf32, fallback, provider);
    }

    public OnnxSettings withTf32(boolean on) {
        return new OnnxSettings(device, gpu, threads, on, fallback, provider);
    }

    public OnnxSettings withFallback(boolean on) {
        return new OnnxSettings(device, gpu, threads, tf32, on, provider);
    }

    public OnnxSettings withProvider(Map<String, String> options) {
        return new OnnxSettings(device, gpu, threads, tf32, fallback, options);
    }
}
