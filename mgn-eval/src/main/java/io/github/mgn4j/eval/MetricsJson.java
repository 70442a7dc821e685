package io.github.mgn4j.eval;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@link ReidMetrics} as JSON: {@code queries}, {@code queries_without_match}, {@code rank1}, {@code rank5}, {@code
 * rank10}, {@code rank20}, {@code cmc}, {@code mAP}, {@code mAP_trapezoid}, {@code mINP}. Optional objects with the
 * same keys hold metrics to compare with, and {@code verification} holds the verification. Immutable.
 */
public final class MetricsJson {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().serializeNulls().create();

    private final JsonObject object;

    private MetricsJson(JsonObject object) {
        this.object = object;
    }

    /** Returns the JSON of metrics. */
    public static MetricsJson of(ReidMetrics metrics) {
        JsonObject object = new JsonObject();
        object.addProperty("queries", metrics.queries());
        object.addProperty("queries_without_match", metrics.queriesWithoutMatch());
        object.addProperty("rank1", metrics.rank1());
        object.addProperty("rank5", metrics.rank5());
        object.addProperty("rank10", metrics.rank10());
        object.addProperty("rank20", metrics.rank20());
        object.addProperty("mAP", metrics.mAP());
        object.addProperty("mAP_trapezoid", metrics.mAPTrapezoid());
        object.addProperty("mINP", metrics.mINP());
        JsonArray cmc = new JsonArray();
        metrics.cmc().forEach(cmc::add);
        object.add("cmc", cmc);
        return new MetricsJson(object);
    }

    /** Returns a copy with the metrics before re-ranking under {@code baseline}. */
    public MetricsJson withBaseline(ReidMetrics baseline) {
        return with("baseline", baseline);
    }

    /** Returns a copy with other metrics under a key of their own, such as {@code untrained}. */
    public MetricsJson with(String key, ReidMetrics other) {
        JsonObject copy = object.deepCopy();
        copy.add(key, of(other).object);
        return new MetricsJson(copy);
    }

    /**
     * Returns a copy with {@code verification}: {@code same_pairs}, {@code different_pairs}, {@code confidence} (of the
     * bootstrap intervals) and {@code points}, each of which has {@code false_accept_target}, {@code threshold} (null
     * if no pair may be accepted), {@code false_accept}, {@code true_accept}, {@code true_accept_low} and {@code
     * true_accept_high}.
     */
    public MetricsJson with(Verification verification) {
        JsonArray points = new JsonArray();
        for (Verification.Point point : verification.points()) {
            JsonObject one = new JsonObject();
            one.addProperty("false_accept_target", point.target());
            one.add("threshold", point.threshold() < 0 ? JsonNull.INSTANCE : new JsonPrimitive(point.threshold()));
            one.addProperty("false_accept", point.falseAccept());
            one.addProperty("true_accept", point.trueAccept());
            one.addProperty("true_accept_low", point.low());
            one.addProperty("true_accept_high", point.high());
            points.add(one);
        }
        JsonObject added = new JsonObject();
        added.addProperty("same_pairs", verification.samePairs());
        added.addProperty("different_pairs", verification.differentPairs());
        added.addProperty("confidence", verification.confidence());
        added.add("points", points);
        JsonObject copy = object.deepCopy();
        copy.add("verification", added);
        return new MetricsJson(copy);
    }

    /**
     * Writes the JSON file atomically.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        AtomicFile.writeString(file, this + "\n");
    }

    /** Returns a copy as Gson's tree, which the caller may change. */
    public JsonObject toJson() {
        return object.deepCopy();
    }

    /** Returns the JSON text. */
    @Override
    public String toString() {
        return GSON.toJson(object);
    }
}
