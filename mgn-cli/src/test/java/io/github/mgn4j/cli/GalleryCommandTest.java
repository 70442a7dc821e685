package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gallery's commands, compared with plain loops over the same feature files. */
class GalleryCommandTest {
    private static final int DIMS = 12;

    @TempDir
    static Path folder;

    private static Workshop workshop;
    private static FeatureSet entries;
    private static FeatureSet queries;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
        entries = features("e.npy", 90, 1);
        queries = features("q.npy", 5, 2);
        NoTable.write(workshop.path("bare.npy"), queries.features());
    }

    /** A feature file alone. */
    private static final class NoTable {
        static void write(Path npy, FeatureMatrix features) throws IOException {
            io.github.mgn4j.features.NpyFile.write(npy, features);
        }
    }

    private static FeatureSet features(String name, int rows, int seed) throws IOException {
        Random random = new Random(seed);
        List<FeatureTable.Entry> table = new ArrayList<>();
        float[][] features = new float[rows][DIMS];
        for (int i = 0; i < rows; i++) {
            for (int d = 0; d < DIMS; d++) {
                features[i][d] = (float) random.nextGaussian();
            }
            int pid = 1 + i % 13;
            int camid = 1 + i % 3;
            table.add(new FeatureTable.Entry("s%d/%04d_c%d.jpg".formatted(seed, i, camid), pid, camid));
        }
        FeatureSet set = new FeatureSet(FeatureMatrix.ofRows(features), new FeatureTable(table));
        set.write(workshop.path(name));
        return set;
    }

    private static List<Integer> nearest(int query, DistanceMetric metric) {
        return IntStream.range(0, entries.table().size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> metric.between(
                        queries.features().row(query), entries.features().row(i))))
                .toList();
    }

    private static JsonArray results(JsonObject json, int query) {
        return json.getAsJsonArray("hits").get(query).getAsJsonObject().getAsJsonArray("results");
    }

    private static Stream<JsonObject> objects(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsJsonObject);
    }

    @Test
    void searchesAreThoseOfAPlainLoop() throws IOException {
        for (DistanceMetric metric : DistanceMetric.values()) {
            String gallery = "@g-" + metric;
            String name = metric.name().toLowerCase(java.util.Locale.ROOT);
            workshop.mgn("gallery", "add", "--gallery", gallery, "--features", "@e.npy", "--metric", name)
                    .ok();
            Workshop.Call again = workshop.mgn("gallery", "add", "--gallery", gallery, "--features", "@e.npy")
                    .ok();
            assertThat(again.err()).contains("90 entries added (90 of them in the place of others), 90 in ");
            assertThat(again.out()).isEmpty();
            search(gallery, "--k", "7", "--json", "@hits-" + metric + ".json");
            JsonObject json = workshop.json("hits-" + metric + ".json");
            for (int q = 0; q < queries.table().size(); q++) {
                assertThat(json.getAsJsonArray("hits")
                                .get(q)
                                .getAsJsonObject()
                                .get("query")
                                .getAsString())
                        .isEqualTo(queries.table().entries().get(q).path());
                List<Integer> nearest = nearest(q, metric).subList(0, 7);
                JsonArray results = results(json, q);
                assertThat(results).hasSize(7);
                for (int i = 0; i < 7; i++) {
                    JsonObject result = results.get(i).getAsJsonObject();
                    FeatureTable.Entry entry = entries.table().entries().get(nearest.get(i));
                    assertThat(result.get("path").getAsString()).isEqualTo(entry.path());
                    assertThat(result.get("pid").getAsInt()).isEqualTo(entry.pid());
                    assertThat(result.get("camid").getAsInt()).isEqualTo(entry.camid());
                    assertThat(result.get("distance").getAsDouble())
                            .isEqualTo(metric.between(
                                    queries.features().row(q),
                                    entries.features().row(nearest.get(i))));
                }
            }
            byPersonAndCamera(gallery, metric);
        }
    }

    private static Workshop.Call search(String gallery, String... more) {
        List<String> call = new ArrayList<>(List.of("gallery", "search", "--gallery", gallery, "--features", "@q.npy"));
        call.addAll(List.of(more));
        return workshop.mgn(call.toArray(String[]::new)).ok();
    }

    private static void byPersonAndCamera(String gallery, DistanceMetric metric) throws IOException {
        String file = "people-" + metric + ".json";
        search(gallery, "--by", "person", "--exclude-same-camera", "--k", "4", "--json", "@" + file);
        JsonObject json = workshop.json(file);
        for (int q = 0; q < queries.table().size(); q++) {
            Integer camid = queries.table().entries().get(q).camid();
            List<FeatureTable.Entry> all = nearest(q, metric).stream()
                    .map(i -> entries.table().entries().get(i))
                    .filter(entry -> !entry.camid().equals(camid))
                    .toList();
            List<String> expected = new ArrayList<>();
            List<Integer> seen = new ArrayList<>();
            for (FeatureTable.Entry entry : all) {
                if (!seen.contains(entry.pid()) && seen.size() < 4) {
                    seen.add(entry.pid());
                    expected.add(entry.path());
                }
            }
            assertThat(objects(results(json, q))
                            .map(result -> result.get("path").getAsString()))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void entriesAreRemovedCountedExportedAndImported() throws IOException {
        workshop.mgn("gallery", "add", "--gallery", "@r", "--features", "@e.npy")
                .ok();
        Workshop.Call removed = workshop.mgn("gallery", "remove", "--gallery", "@r", "--pid", "3")
                .ok();
        assertThat(removed.err()).contains("7 entries removed, 83 left");
        String path = entries.table().entries().get(0).path();
        workshop.mgn("gallery", "remove", "--gallery", "@r", "--path", path).ok();
        assertThat(workshop.mgn("gallery", "remove", "--gallery", "@r", "--path", path)
                        .ok()
                        .err())
                .contains("0 entries removed, 82 left");
        workshop.mgn("gallery", "stats", "--gallery", "@r", "--verify", "--json", "@stats.json")
                .ok();
        JsonObject stats = workshop.json("stats.json");
        assertThat(stats.get("entries").getAsInt()).isEqualTo(82);
        assertThat(stats.get("people").getAsInt()).isEqualTo(12);
        assertThat(stats.get("dims").getAsInt()).isEqualTo(DIMS);
        assertThat(stats.get("index").getAsString()).isEqualTo("exact");
        assertThat(stats.get("bytes").getAsLong()).isGreaterThan(90 * DIMS * 4);
        workshop.mgn("gallery", "compact", "--gallery", "@r").ok();
        workshop.mgn("gallery", "export", "--gallery", "@r", "--features", "@x.npy")
                .ok();
        workshop.mgn("gallery", "export", "--gallery", "@r", "--ndjson", "@x.ndjson")
                .ok();
        assertThat(Files.readAllLines(workshop.path("x.ndjson"))).hasSize(82);
        workshop.mgn("gallery", "add", "--gallery", "@from-npy", "--features", "@x.npy")
                .ok();
        workshop.mgn("gallery", "add", "--gallery", "@from-lines", "--ndjson", "@x.ndjson")
                .ok();
        assertThat(contents("from-npy")).isEqualTo(contents("r")).hasSize(82);
        assertThat(contents("from-lines")).isEqualTo(contents("r"));
        Workshop.Call refused = workshop.mgn("gallery", "export", "--gallery", "@r", "--ndjson", "@x.ndjson");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("x.ndjson: exists already; --force overwrites it");
        workshop.mgn("gallery", "export", "--gallery", "@r", "--ndjson", "@x.ndjson", "--force")
                .ok();
    }

    private static List<String> contents(String name) throws IOException {
        List<String> contents = new ArrayList<>();
        try (Gallery gallery = Gallery.open(workshop.path(name))) {
            gallery.forEach((entry, feature) -> contents.add(entry + java.util.Arrays.toString(feature)));
        }
        return contents;
    }

    @Test
    void imagesAreAddedAndFound() throws IOException {
        String[] model = {"--model", "@model.safetensors"};
        workshop.mgn("gallery", "add", "--gallery", "@i", model[0], model[1], "--images", "@data/bounding_box_test")
                .ok();
        Workshop.Call found = workshop.mgn(
                        "gallery",
                        "search",
                        "--gallery",
                        "@i",
                        model[0],
                        model[1],
                        "--images",
                        "@data/query",
                        "--k",
                        "3",
                        "--html",
                        "@page.html",
                        "--gallery-images",
                        "@data/bounding_box_test",
                        "--json",
                        "@i.json")
                .ok();
        assertThat(found.out().lines().filter(line -> line.contains("pid")))
                .hasSize(3 * queries().size());
        String page = Files.readString(workshop.path("page.html"));
        assertThat(page).endsWith("</html>\n").doesNotContain("no image");
        assertThat(page.split("data:image/jpeg")).hasSize(1 + 4 * queries().size());
        Path query = workshop.path("data/query").resolve(queries().get(0));
        Workshop.Call one = workshop.mgn(
                        "search",
                        model[0],
                        model[1],
                        "--images",
                        "@data/bounding_box_test",
                        query.toString(),
                        "--k",
                        "3",
                        "--json",
                        "-")
                .ok();
        JsonObject json = com.google.gson.JsonParser.parseString(one.out()).getAsJsonObject();
        assertThat(results(json, 0)).isEqualTo(results(workshop.json("i.json"), 0));
        workshop.mgn(
                        "search",
                        model[0],
                        model[1],
                        "--images",
                        "@data/bounding_box_test",
                        query.toString(),
                        "--rerank",
                        "--by",
                        "person")
                .ok();
    }

    private static List<String> queries() throws IOException {
        try (Stream<Path> files = Files.list(workshop.path("data/query"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void rowsAndStandardOutputStandInForNames() {
        workshop.mgn("gallery", "add", "--gallery", "@s", "--features", "@e.npy")
                .ok();
        Workshop.Call call = workshop.mgn(
                        "gallery", "search", "--gallery", "@s", "--features", "@bare.npy", "--json", "-")
                .ok();
        JsonObject json = com.google.gson.JsonParser.parseString(call.out()).getAsJsonObject();
        assertThat(objects(json.getAsJsonArray("hits"))
                        .map(hit -> hit.get("query").getAsString()))
                .containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void aRefusedAddLeavesNothing() throws IOException {
        var before = workshop.snapshot();
        Files.createDirectories(workshop.path("bad"));
        Files.writeString(workshop.path("bad/0001_c1.jpg"), "no image");
        Workshop.Call call = workshop.mgn(
                "gallery", "add", "--gallery", "@new/deep", "--model", "@model.safetensors", "--images", "@bad");
        assertThat(call.status()).isEqualTo(2);
        assertThat(call.err()).contains("0001_c1.jpg: not a JPEG, PNG or BMP file");
        Files.delete(workshop.path("bad/0001_c1.jpg"));
        Files.delete(workshop.path("bad"));
        var after = workshop.snapshot();
        after.keySet().removeAll(before.keySet());
        assertThat(after.keySet()).isSubsetOf("new");
    }
}
