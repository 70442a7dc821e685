package io.github.mgn4j.study;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.train.RecipeYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a study is, as the file that a resumed study must agree with. */
final class StudyDescription {
    private StudyDescription() {}

    static JsonObject of(ReidDataset dataset, List<StudyRow> rows, List<Long> seeds, ReRanker reRanker) {
        JsonObject json = new JsonObject();
        json.addProperty("version", 1);
        json.addProperty("data", fingerprint(dataset));
        json.addProperty("re-ranking", reRanker.k1() + " " + reRanker.k2() + " " + reRanker.lambda());
        JsonArray numbers = new JsonArray();
        seeds.forEach(numbers::add);
        json.add("seeds", numbers);
        JsonArray all = new JsonArray();
        rows.forEach(row -> all.add(row(row)));
        json.add("rows", all);
        return json;
    }

    private static JsonObject row(StudyRow row) {
        JsonObject json = new JsonObject();
        json.addProperty("name", row.name());
        json.addProperty("normalise", row.normalise());
        JsonArray networks = new JsonArray();
        row.networks().forEach(network -> networks.add(network(network)));
        json.add("networks", networks);
        return json;
    }

    private static JsonObject network(StudyNetwork network) {
        JsonObject json = new JsonObject();
        json.add("spec", SpecJson.toJson(network.spec()));
        json.addProperty("recipe", RecipeYaml.format(network.recipe()));
        json.addProperty("objective", network.usedObjective().table());
        if (network.start() != null) {
            json.addProperty("start", network.start().checksum());
        }
        return json;
    }

    /** Returns the text that two networks share if their trainings are the same. */
    static String key(StudyNetwork network) {
        return network(network).toString();
    }

    private static String fingerprint(ReidDataset dataset) {
        Hasher hasher = Hashing.sha256().newHasher();
        for (List<ReidImage> images : List.of(dataset.train(), dataset.query(), dataset.gallery())) {
            hasher.putInt(images.size());
            for (ReidImage image : images) {
                hasher.putInt(image.name().length()).putUnencodedChars(image.name());
                hasher.putInt(image.pid()).putInt(image.camid());
            }
        }
        return "%d training images, %d queries, %d gallery images, %s"
                .formatted(
                        dataset.train().size(),
                        dataset.query().size(),
                        dataset.gallery().size(),
                        hasher.hash().toString().substring(0, 16));
    }

    static void write(Path file, JsonObject description) throws IOException {
        AtomicFile.writeString(
                file, new GsonBuilder().setPrettyPrinting().create().toJson(description) + "\n");
    }

    /**
     * Checks that a folder's study is the one to be resumed.
     *
     * @throws StudyException naming the first difference
     */
    static void check(Path file, JsonObject wanted) throws IOException {
        JsonObject found;
        try {
            found = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new StudyException(file + ": not the description of a study; name another folder");
        }
        // As it was written and read, so that numbers compare as text.
        JsonObject expected = JsonParser.parseString(wanted.toString()).getAsJsonObject();
        for (String key : List.of("version", "data", "re-ranking", "seeds")) {
            StudyException.check(
                    expected.get(key).equals(found.get(key)),
                    "%s: belongs to another study: %s was %s, and is %s now; name another folder",
                    file,
                    key,
                    found.get(key),
                    expected.get(key));
        }
        checkRows(file, expected.getAsJsonArray("rows"), found.getAsJsonArray("rows"));
    }

    private static void checkRows(Path file, JsonArray expected, JsonArray found) {
        for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
            String was = i < found.size() ? name(found, i) : "none";
            String is = i < expected.size() ? name(expected, i) : "none";
            StudyException.check(
                    was.equals(is),
                    "%s: belongs to another study: row %d was %s, and is %s now; name another folder",
                    file,
                    i + 1,
                    was,
                    is);
            StudyException.check(
                    expected.get(i).equals(found.get(i)),
                    "%s: belongs to another study: the row %s has another spec, recipe, objective or start now;"
                            + " name another folder",
                    file,
                    is);
        }
    }

    private static String name(JsonArray rows, int i) {
        return rows.get(i).getAsJsonObject().get("name").toString();
    }
}
