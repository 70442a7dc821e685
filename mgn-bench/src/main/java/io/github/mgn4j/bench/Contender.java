package io.github.mgn4j.bench;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.engine.Precision;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One engine in one precision, configured as its experts would.
 *
 * @param choice engine and precision, as onednn/bf16
 * @param variant description of what distinguishes it from others of the same choice
 * @param files its folder below the peers' folder; empty for this project's engines
 * @param environment additional environment variables
 */
record Contender(String choice, String variant, String files, Map<String, String> environment) {
    static final String ONNX_RUNTIME = "onnxruntime";
    static final String DJL = "djl";

    /**
     * Memory that the C library keeps need not be zeroed again for every array. Huge pages need fewer address look-ups.
     */
    private static final Map<String, String> HUGE_PAGES = Map.of(
            "MALLOC_TRIM_THRESHOLD_",
            "8589934592",
            "MALLOC_MMAP_THRESHOLD_",
            "8589934592",
            "GLIBC_TUNABLES",
            "glibc.malloc.hugetlb=1");

    /** Environment variables that {@code ./mgn} sets. */
    private static final Map<String, String> LAUNCHER = ImmutableMap.<String, String>builder()
            .putAll(HUGE_PAGES)
            .put("GOMP_SPINCOUNT", "10000")
            .buildOrThrow();

    /**
     * Returns this project's engines, as {@code ./mgn} runs them, and optionally every peer on the class path, in
     * several variants.
     */
    static List<Contender> all(boolean peers) {
        Stream<Contender> ours = Stream.of("onednn/fp32", "samediff/fp32", "onnx/fp32", "onednn/bf16", "onednn/int8")
                .map(choice -> new Contender(choice, "", "", LAUNCHER));
        Stream<Contender> theirs = Stream.of(
                        peer("onnxruntime/fp32", "", "onnx"),
                        peer("onnxruntime/int8", "", "onnx"),
                        peer("djl/fp32", "frozen", "frozen"),
                        peer("djl/fp32", "fused", "fused"),
                        peer("djl/bf16", "frozen", "frozen"),
                        peer("djl/bf16", "fused", "fused"))
                .flatMap(List::stream);
        return Stream.concat(ours, peers ? theirs : Stream.of()).toList();
    }

    /** Returns a peer with the C library's allocator unchanged and tuned. */
    private static List<Contender> peer(String choice, String variant, String files) {
        return List.of(
                new Contender(choice, variant, files, Map.of()),
                new Contender(choice, (variant + " huge pages").strip(), files, HUGE_PAGES));
    }

    boolean isPeer() {
        return !files.isEmpty();
    }

    String engine() {
        return Workload.engineOf(choice);
    }

    Precision precision() {
        return Workload.precisionOf(choice);
    }

    String label() {
        return variant.isEmpty() ? choice : choice + " " + variant;
    }
}
