package io.github.mgn4j.verify;

import static io.github.mgn4j.verify.VerificationException.check;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.features.DistanceMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads and writes {@link VerificationThresholds} as JSON. */
final class ThresholdsJson {
    private static final int VERSION = 1;

    private ThresholdsJson() {}

    static String write(VerificationThresholds thresholds) {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("distance", thresholds.metric().name().toLowerCase(Locale.ROOT));
        json.addProperty("flip", thresholds.flip());
        json.addProperty("data", thresholds.data());
        json.addProperty("same_pairs", thresholds.samePairs());
        json.addProperty("different_pairs", thresholds.differentPairs());
        JsonArray list = new JsonArray();
        for (Threshold threshold : thresholds.thresholds()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("false_accept", threshold.falseAcceptRate());
            entry.addProperty("threshold", threshold.distance());
            entry.addProperty("true_accept", threshold.trueAcceptRate());
            list.add(entry);
        }
        json.add("thresholds", list);
        return json.toString();
    }

    static VerificationThresholds read(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            int version = json.get("version").getAsInt();
            check(version == VERSION, "thresholds of version %s are not known", version);
            List<Threshold> thresholds = new ArrayList<>();
            for (JsonElement element : json.getAsJsonArray("thresholds")) {
                JsonObject entry = element.getAsJsonObject();
                thresholds.add(new Threshold(
                        number(entry, "false_accept"), number(entry, "threshold"), number(entry, "true_accept")));
            }
            return new VerificationThresholds(
                    distance(json.get("distance").getAsString()),
                    flag(json.get("flip")),
                    json.get("data").getAsString(),
                    json.get("same_pairs").getAsLong(),
                    json.get("different_pairs").getAsLong(),
                    thresholds);
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | NumberFormatException e) {
            throw new VerificationException("the thresholds for same-person verdicts are damaged: " + e);
        }
    }

    private static double number(JsonObject json, String key) {
        return json.get(key).getAsDouble();
    }

    /** Reads a boolean strictly: Gson takes every text except "true" for false. */
    private static boolean flag(JsonElement json) {
        if (!json.getAsJsonPrimitive().isBoolean()) {
            throw new JsonParseException("'flip' is " + json);
        }
        return json.getAsBoolean();
    }

    private static DistanceMetric distance(String name) {
        for (DistanceMetric distance : DistanceMetric.values()) {
            if (distance.name().toLowerCase(Locale.ROOT).equals(name)) {
                return distance;
            }
        }
        throw new VerificationException("unknown distance '%s'; there are euclidean and cosine".formatted(name));
    }
}
