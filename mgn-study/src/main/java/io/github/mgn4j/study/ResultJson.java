package io.github.mgn4j.study;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file of a row's scores for one seed. What takes time is not in it, so that the same study writes the same bytes. */
final class ResultJson {
    private static final Gson GSON = new Gson();

    private ResultJson() {}

    /** The scores of a row for one seed; without metrics if a training diverged. */
    record Scores(
            @Nullable String diverged,
            @Nullable ReidMetrics plain,
            @Nullable ReidMetrics reRanked,
            List<QueryResult> lists,
            List<AttentionShare> attention) {
        static Scores diverged(String where) {
            return new Scores(where, null, null, List.of(), List.of());
        }
    }

    static void write(Path file, Scores scores) throws IOException {
        JsonObject json = new JsonObject();
        if (scores.diverged() != null) {
            json.addProperty("diverged", scores.diverged());
        }
        json.add("plain", GSON.toJsonTree(scores.plain()));
        json.add("re_ranked", GSON.toJsonTree(scores.reRanked()));
        json.add("lists", GSON.toJsonTree(scores.lists()));
        if (!scores.attention().isEmpty()) {
            JsonArray attention = new JsonArray();
            scores.attention().forEach(share -> attention.add(toJson(share)));
            json.add("attention", attention);
        }
        AtomicFile.writeString(file, json + "\n");
    }

    static Scores read(Path file) throws IOException {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            return new Scores(
                    json.has("diverged") ? json.get("diverged").getAsString() : null,
                    GSON.fromJson(json.get("plain"), ReidMetrics.class),
                    GSON.fromJson(json.get("re_ranked"), ReidMetrics.class),
                    List.of(GSON.fromJson(json.get("lists"), QueryResult[].class)),
                    json.has("attention")
                            ? json.getAsJsonArray("attention").asList().stream()
                                    .map(ResultJson::share)
                                    .toList()
                            : List.of());
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | NumberFormatException e) {
            throw new StudyException(file + ": not a result of a study; remove it to compute it again");
        }
    }

    /** A branch that depends on nothing has no shares: JSON knows no NaN. */
    private static JsonObject toJson(AttentionShare share) {
        JsonObject json = new JsonObject();
        json.addProperty("branch", share.branch());
        if (share.images() > 0) {
            json.addProperty("onPerson", share.onPerson());
            json.addProperty("area", share.area());
        }
        json.addProperty("images", share.images());
        return json;
    }

    private static AttentionShare share(JsonElement element) {
        JsonObject json = element.getAsJsonObject();
        return new AttentionShare(
                json.get("branch").getAsString(),
                json.has("onPerson") ? json.get("onPerson").getAsDouble() : Double.NaN,
                json.has("area") ? json.get("area").getAsDouble() : Double.NaN,
                json.get("images").getAsInt());
    }
}
