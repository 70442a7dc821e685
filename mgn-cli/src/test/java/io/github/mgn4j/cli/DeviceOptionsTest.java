package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.NpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --device} on a machine with two accelerators, and what {@code bench} makes of them. */
class DeviceOptionsTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @BeforeEach
    void plugIn() {
        FakeGpu.plug(true);
    }

    @AfterEach
    void plugOut() {
        FakeGpu.plug(false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''           | 0
            --device 0   | 0
            --device 1   | 1
            --device 1,0 | 1 0
            """)
    void extractUsesTheDevicesThatAreNamed(String option, String opened) throws IOException {
        String out = "@f" + opened.replace(' ', '_') + option.length() + ".npy";
        call("extract --model @model.safetensors --images @data/query --batch 3 --engine fake-gpu --out " + out + " "
                        + option)
                .ok();
        assertThat(devices()).isEqualTo(opened);
        FeatureMatrix features = NpyFile.read(workshop.path(out.substring(1)));
        assertThat(features.rows()).isEqualTo(8);
        assertThat(features.row(0)).isNotEqualTo(features.row(1));
    }

    @Test
    void evaluateDoesToo() {
        call("evaluate --model @model.safetensors --data @data --engine fake-gpu --device 1,0")
                .ok();
        assertThat(devices()).isEqualTo("1 0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2   | --device: the engine fake-gpu finds 2 devices here, counted from 0: there is no device 2
            0,2 | --device: the engine fake-gpu finds 2 devices here, counted from 0: there is no device 2
            1,1 | --device: device 1 is named twice in [1, 1]
            """)
    void devicesThatThereAreNotAreRefused(String devices, String sentence) {
        for (String command :
                new String[] {"extract --images @data --out @none.npy", "evaluate --data @data", "bench --seconds 0.1"
                }) {
            Workshop.Call refused = call(command + " --model @model.safetensors --engine fake-gpu --device " + devices);
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err()).isEqualTo("mgn: " + sentence + "\n");
            assertThat(refused.out()).isEmpty();
        }
        assertThat(FakeGpu.OPENED).isEmpty();
    }

    @Test
    void benchGivesPixelsToAnEngineThatTakesThem() throws IOException {
        call("bench --model @model.safetensors --engine fake-gpu --device 0,1 --tune --seconds 0.1 --batch 2 --json @p.json")
                .ok();
        JsonObject json = workshop.json("p.json");
        assertThat(json.get("input").getAsString()).isEqualTo("pixels");
        assertThat(json.get("concurrency").getAsInt()).isEqualTo(4);
        assertThat(json.get("ms_per_image").getAsDouble()
                        * json.get("images_per_second").getAsDouble())
                .isBetween(999.0, 1001.0);
        assertThat(FakeGpu.OPENED).hasSize(2).allMatch(EngineOptions::tune);
        call("bench --model @model.safetensors --engine fake-gpu --seconds 0.1 --json @q.json")
                .ok();
        assertThat(FakeGpu.OPENED.get(2).tune()).isFalse();
    }

    @Test
    void benchNeedsNoModel() throws IOException {
        call("bench --engine fake-gpu --seconds 0.01 --batch 1 --json @own.json")
                .ok();
        assertThat(workshop.json("own.json").get("engine").getAsString()).isEqualTo("fake-gpu");
    }

    @Test
    void benchWithoutAnEngineComparesAllOfThem() {
        Workshop.Call call = call("bench --model @model.safetensors --seconds 0.05 --batch 2")
                .ok();
        assertThat(JsonParser.parseString(call.out())
                        .getAsJsonObject()
                        .get("engine")
                        .getAsString())
                .isEqualTo("onednn");
        assertThat(call.err())
                .containsPattern("onednn +fp32 +[0-9.]+ +[0-9.]+ +1.00x\n")
                .containsPattern("onednn +int8 +calibrate the model to have it: mgn calibrate\n")
                .containsPattern("samediff +fp32 +[0-9.]+ +[0-9.]+ +[0-9.]+x\n")
                .containsPattern("fake-gpu +fp32 +[0-9.]+ +[0-9.]+ +[0-9.]+x\n")
                .containsPattern("fake-gpu +tf32 +this card has no tf32\n")
                .containsPattern("fake-gpu +fp8 +calibrate the model to have it: mgn calibrate\n");
    }

    private static String devices() {
        return String.join(
                " ", FakeGpu.OPENED.stream().map(o -> "" + o.device()).toList());
    }

    private static Workshop.Call call(String line) {
        return workshop.mgn(
                Arrays.stream(line.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));
    }
}
