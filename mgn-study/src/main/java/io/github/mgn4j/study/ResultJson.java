package io.github.mgn4j.study;

import com.google.gson.Gson;
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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

    /** The share of a branch in the file; one that depends on nothing has no figures, because JSON knows no NaN. */
    private record Share(
            String branch,
            @Nullable Double onPerson,
            @Nullable Double area,
            int images) {
        static Share of(AttentionShare share) {
            boolean known = share.images() > 0;
            return new Share(
                    share.branch(), known ? share.onPerson() : null, known ? share.area() : null, share.images());
        }

        AttentionShare attention() {
            return new AttentionShare(
                    Objects.requireNonNull(branch),
                    onPerson == null ? Double.NaN : onPerson,
                    area == null ? Double.NaN : area,
                    images);
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
            json.add(
                    "attention",
                    GSON.toJsonTree(scores.attention().stream().map(Share::of).toList()));
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
                            ? Arrays.stream(GSON.fromJson(json.get("attention"), Share[].class))
                                    .map(Share::attention)
                                    .toList()
                            : List.of());
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new StudyException(file + ": not a result of a study; remove it to compute it again");
        }
    }
}
