package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsJsonTest {
    private static final ReidMetrics METRICS = new ReidMetrics(4, 1, List.of(0.25, 0.5, 1.0), 0.4, 0.3, 0.2);
    private static final String[] KEYS = {
        "queries", "queries_without_match", "rank1", "rank5", "rank10", "rank20", "mAP", "mAP_trapezoid", "mINP", "cmc"
    };

    @Test
    void writesTheKeysOfTheContract(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("metrics.json");
        MetricsJson.of(METRICS).write(file);
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(json.keySet()).containsExactlyInAnyOrder(KEYS);
        assertThat(json.get("queries").getAsInt()).isEqualTo(4);
        assertThat(json.get("queries_without_match").getAsInt()).isEqualTo(1);
        assertThat(json.get("rank1").getAsDouble()).isEqualTo(0.25);
        assertThat(json.get("rank5").getAsDouble()).isEqualTo(1);
        assertThat(json.get("mAP").getAsDouble()).isEqualTo(0.4);
        assertThat(json.get("mAP_trapezoid").getAsDouble()).isEqualTo(0.3);
        assertThat(json.get("mINP").getAsDouble()).isEqualTo(0.2);
        assertThat(json.getAsJsonArray("cmc")).hasSize(3);
    }

    @Test
    void comparisonsStandUnderTheirOwnKeys() {
        ReidMetrics other = new ReidMetrics(4, 1, List.of(0.5, 0.5, 1.0), 0.5, 0.4, 0.3);
        MetricsJson plain = MetricsJson.of(METRICS);
        JsonObject json = plain.withBaseline(other).with("untrained", METRICS).toJson();
        assertThat(json.get("rank1").getAsDouble()).isEqualTo(0.25);
        assertThat(json.getAsJsonObject("baseline").keySet()).containsExactlyInAnyOrder(KEYS);
        assertThat(json.getAsJsonObject("baseline").get("rank1").getAsDouble()).isEqualTo(0.5);
        assertThat(json.getAsJsonObject("untrained")).isEqualTo(plain.toJson());
        assertThat(plain.toJson().has("baseline")).isFalse();
    }

    @Test
    void writesTheRatesOfVerification(@TempDir Path folder) throws IOException {
        Verification verification = new Verification(
                10,
                20_000,
                0.9,
                List.of(
                        new Verification.Point(0.1, 3.5, 0.09, 0.8, 0.7, 0.9),
                        new Verification.Point(1e-4, -1, 0, 0, 0, 0)),
                List.of());
        Path file = folder.resolve("metrics.json");
        MetricsJson.of(METRICS).with(verification).write(file);
        JsonObject json =
                JsonParser.parseString(Files.readString(file)).getAsJsonObject().getAsJsonObject("verification");
        assertThat(json.get("same_pairs").getAsLong()).isEqualTo(10);
        assertThat(json.get("different_pairs").getAsLong()).isEqualTo(20_000);
        assertThat(json.get("confidence").getAsDouble()).isEqualTo(0.9);
        JsonObject point = json.getAsJsonArray("points").get(0).getAsJsonObject();
        assertThat(point.toString())
                .isEqualTo("{\"false_accept_target\":0.1,\"threshold\":3.5,\"false_accept\":0.09,"
                        + "\"true_accept\":0.8,\"true_accept_low\":0.7,\"true_accept_high\":0.9}");
        assertThat(json.getAsJsonArray("points").get(1).getAsJsonObject().get("threshold"))
                .isSameAs(JsonNull.INSTANCE);
    }
}
