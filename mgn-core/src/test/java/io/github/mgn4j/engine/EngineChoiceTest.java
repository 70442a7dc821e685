package io.github.mgn4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which engine and which devices are opened. */
class EngineChoiceTest {
    private static final Model MODEL = ReferenceWeights.model(StillEngine.SPEC);

    private final FakeProvider absent = new FakeProvider("absent", false, 8);
    private final FakeProvider gpu = new FakeProvider("gpu", true, 2);
    private final FakeProvider single = new FakeProvider("single", true, 1);
    private final FakeProvider cpu = new FakeProvider("cpu", true, 0);
    private final EngineChoice choice = new EngineChoice(List.of(absent, gpu, single, cpu), List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auto   | 0    | gpu    | 0
            auto   | 1    | gpu    | 1
            auto   | 0 1  | gpu    | 0 1
            gpu    | 1 0  | gpu    | 1 0
            single | 0    | single | 0
            cpu    | 0    | cpu    | 0
            cpu    | 7    | cpu    | 7
            """)
    void devicesAreOpenedInTheirOrder(String name, String devices, String engine, String opened) {
        try (Engine found = open(name, Precision.FP32, devices)) {
            assertThat(found.name()).isEqualTo(engine);
            assertThat(found instanceof EngineGroup).isEqualTo(devices.contains(" "));
        }
        FakeProvider asked = List.of(gpu, single, cpu).stream()
                .filter(p -> p.name().equals(engine))
                .findFirst()
                .orElseThrow();
        assertThat(asked.asked).extracting(EngineOptions::device).isEqualTo(list(opened));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auto   | 2    | the engine gpu finds 2 devices here, counted from 0: there is no device 2
            gpu    | 0 5  | the engine gpu finds 2 devices here, counted from 0: there is no device 5
            single | 1    | the engine single finds 1 device here, counted from 0: there is no device 1
            gpu    | 1 1  | device 1 is named twice in [1, 1]
            gpu    | -1   | devices must be at least 0, not -1
            cpu    | -1   | devices must be at least 0, not -1
            gpu    | ''   | at least one device is expected, found none
            cpu    | 0 1  | the engine cpu computes on the processor: it has no devices to share the work, but [0, 1] were asked for
            """)
    void devicesThatThereAreNotAreRefused(String name, String devices, String sentence) {
        assertThatThrownBy(() -> open(name, Precision.FP32, devices))
                .isInstanceOf(DeviceException.class)
                .hasMessage(sentence);
        assertThat(gpu.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', maxCharsPerColumn = 500, textBlock = """
            auto   | FP8  | no engine has fp8 here; on the class path: absent (cannot run here: no driver for absent), gpu [fp32, tf32], single [fp32, tf32], cpu [fp32, tf32]
            gpu    | FP8  | the engine gpu has [fp32, tf32], not fp8; those that can run: gpu [fp32, tf32], single [fp32, tf32], cpu [fp32, tf32]
            absent | FP32 | the engine absent cannot run here: no driver for absent; those that can run: gpu [fp32, tf32], single [fp32, tf32], cpu [fp32, tf32]
            warp   | FP32 | unknown engine 'warp'; on the class path: absent (cannot run here: no driver for absent), gpu [fp32, tf32], single [fp32, tf32], cpu [fp32, tf32]
            """)
    void enginesThatCannotBeHadAreNamedWithThoseThatCan(String name, Precision precision, String sentence) {
        assertThatThrownBy(() -> open(name, precision, "0"))
                .isExactlyInstanceOf(EngineException.class)
                .hasMessage(sentence);
    }

    /** The tests' logger writes to standard error; simplelogger.properties lets it. */
    @Test
    void autoSaysWhichItTookAndWhyNotOthers() {
        assertThat(logged(() -> open(Engines.AUTO, Precision.TF32, "0").close()))
                .containsSubsequence(
                        "DEBUG", "engine absent does not take it: it cannot run here: no driver for absent",
                        "INFO", "engine gpu takes the network in tf32")
                .doesNotContain("single");
        assertThat(logged(() -> open("gpu", Precision.TF32, "0").close())).isEmpty();
    }

    @Test
    void autoAsksNothingOfEnginesBehindTheChosen() {
        try (Engine found = open(Engines.AUTO, Precision.FP32, "0")) {
            assertThat(found.name()).isEqualTo("gpu");
        }
        assertThat(gpu.asked).hasSize(1);
        assertThat(List.of(absent, single, cpu)).allMatch(provider -> provider.asked.isEmpty());
        assertThat(absent.looks).isPositive();
        assertThat(List.of(single, cpu)).allMatch(provider -> provider.looks == 0);
    }

    @Test
    void autoPassesOverAnEngineThatRefusesTheNetwork() {
        gpu.refusal = "gpu does not run networks with variant ibn_a";
        try (Engine found = open(Engines.AUTO, Precision.FP32, "0")) {
            assertThat(found.name()).isEqualTo("single");
        }
        assertThatThrownBy(() -> open("gpu", Precision.FP32, "0"))
                .isExactlyInstanceOf(EngineException.class)
                .hasMessage("gpu does not run networks with variant ibn_a");
        single.refusal = "single has no fp32 for it";
        cpu.refusal = "cpu neither";
        assertThatThrownBy(() -> open(Engines.AUTO, Precision.FP32, "0"))
                .hasMessage("gpu does not run networks with variant ibn_a; single has no fp32 for it; cpu neither");
        assertThat(gpu.asked).isEmpty();
    }

    private static String logged(Runnable task) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            task.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    private Engine open(String name, Precision precision, String devices) {
        return choice.open(name, MODEL, new EngineOptions(precision, 1), list(devices));
    }

    private static List<Integer> list(String devices) {
        return devices.isEmpty()
                ? List.of()
                : List.of(devices.split(" ")).stream().map(Integer::valueOf).toList();
    }
}
