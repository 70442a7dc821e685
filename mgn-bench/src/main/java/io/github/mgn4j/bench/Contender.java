package io.github.mgn4j.bench;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.engine.Precision;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One engine in one precision, as its experts would run it.
 *
 * @param choice engine and precision, as onednn/bf16
 * @param variant what sets it apart from others of the same choice, in words
 * @param files folder of its files below that of all peers'; empty for our own engines
 * @param environment variables that it is run with besides
 */
record Contender(String choice, String variant, String files, Map<String, String> environment) {
    static final String ONNX_RUNTIME = "onnxruntime";
    static final String DJL = "djl";

    /** Memory that the C library keeps need not be zeroed again for every array; in huge pages it is found with fewer look-ups. */
    private static final Map<String, String> HUGE_PAGES = Map.of(
            "MALLOC_TRIM_THRESHOLD_",
            "8589934592",
            "MALLOC_MMAP_THRESHOLD_",
            "8589934592",
            "GLIBC_TUNABLES",
            "glibc.malloc.hugetlb=1");

    /** What {@code ./mgn} sets. */
    private static final Map<String, String> LAUNCHER = ImmutableMap.<String, String>builder()
            .putAll(HUGE_PAGES)
            .put("GOMP_SPINCOUNT", "10000")
            .buildOrThrow();

    /** Our engines, as {@code ./mgn} runs them, and with every peer that is on the class path, in several variants. */
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

    /** With the C library's allocator as it is, and tuned. */
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
