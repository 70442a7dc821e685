package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class NeighboursTest {
    @TempDir
    Path folder;

    @Test
    @Timeout(60)
    void areBusyUntilClosed() throws Exception {
        List<ProcessHandle> running;
        try (Neighbours neighbours = new Neighbours(2)) {
            running = neighbours.running();
            assertThat(running).hasSize(2);
            for (ProcessHandle neighbour : running) {
                Duration before = spent(neighbour);
                while (spent(neighbour).minus(before).toMillis() < 100) {
                    Thread.sleep(10);
                }
            }
        }
        assertThat(running).noneMatch(ProcessHandle::isAlive);
    }

    private static Duration spent(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Test
    void benchMeasuresQuietAndBusy() throws IOException {
        Workshop workshop = Workshop.in(folder);
        Workshop.Call call = workshop.mgn(
                        "bench",
                        "--model",
                        "@model.safetensors",
                        "--seconds",
                        "0.05",
                        "--batch",
                        "2",
                        "--neighbours",
                        "1")
                .ok();
        JsonObject json = JsonParser.parseString(call.out()).getAsJsonObject();
        double quiet = json.get("quiet_mean_ms_per_image").getAsDouble();
        double busy = json.get("busy_mean_ms_per_image").getAsDouble();
        assertThat(json.get("neighbours").getAsInt()).isEqualTo(1);
        assertThat(quiet).isPositive();
        assertThat(busy).isPositive();
        assertThat(json.get("busy_ratio").getAsDouble()).isEqualTo(busy / quiet);
        assertThat(call.err())
                .containsPattern("ms/image +images/s +time +busy +ratio\n")
                .containsPattern("samediff +fp32 +[0-9.]+ +[0-9.]+ +[0-9.]+x +[0-9.]+ +[0-9.]+x\n");
    }
}
