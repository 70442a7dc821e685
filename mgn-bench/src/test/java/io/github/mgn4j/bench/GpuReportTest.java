package io.github.mgn4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The GPU benchmark, rehearsed on the CPU in this process. */
class GpuReportTest {
    @TempDir
    Path folder;

    private boolean good;

    private String report(String... parameters) throws Exception {
        List<String> args = new ArrayList<>(List.of("-f", "0", "-wi", "0", "-i", "1", "-r", "20ms"));
        args.addAll(List.of("-o", folder.resolve("jmh.log").toString(), "-p", "network=tiny", "-p", "variant=default"));
        for (String parameter : parameters) {
            args.addAll(List.of("-p", parameter));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        good = GpuReport.run(new PrintStream(out, true, StandardCharsets.UTF_8), args.toArray(String[]::new));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyWayIsMeasuredAndChecked() throws Exception {
        String report = report("engine=onnx", "precision=fp32,fp16", "batch=1,3");
        assertThat(good).as(report).isTrue();
        for (String precision : List.of("fp32", "fp16")) {
            for (int batch : new int[] {1, 3}) {
                assertThat(report)
                        .containsPattern(
                                "\\| onnx \\| %s \\| default \\| %d( \\| [0-9.]+){4}( \\| [0-9.]+ / [0-9.]+){2} \\|\n"
                                        .formatted(precision, batch));
            }
        }
        assertThat(report)
                .containsPattern("- onnx fp32 default hostFloats: features differ by about \\de-0\\d of the largest")
                .containsPattern(
                        "- onnx fp16 default deviceResident: features differ by about \\de-0\\d of the largest")
                .contains("- onnx fp32 default, batch 3, ONNX Runtime 1.")
                .endsWith("OK\n");
    }

    @Test
    void nd4jsBackendTakesImagesFromTheHost() throws Exception {
        String report = report("engine=samediff", "precision=fp32", "batch=2");
        assertThat(report)
                .containsPattern(
                        "\\| samediff \\| fp32 \\| default \\| 2 \\|  \\|  \\| [0-9.]+ \\|  \\|  \\| [0-9./ ]+ \\|\n");
        assertThat(good).as("all other ways were asked for too").isFalse();
    }

    @Test
    void whatCannotRunIsNamedAndFails() throws Exception {
        String report = report("engine=onnx-cuda", "precision=fp32", "batch=1");
        assertThat(good).isFalse();
        assertThat(report)
                .contains("- FAILED onnx-cuda fp32 default hostFloats, batch 1: onnx-cuda cannot run here: ")
                .endsWith("FAILED\n");
    }
}
