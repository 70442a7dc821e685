package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from nothing to a report, command by command. */
class PipelineTest {
    @TempDir
    Path folder;

    private Workshop workshop;

    @BeforeEach
    void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @Test
    void fromTrainingToTheReport() throws IOException {
        Workshop.Call trained = workshop.mgn("train", "--data", "@data", "--recipe", "@recipe.yaml", "--out", "@run")
                .ok();
        assertThat(trained.out()).isEmpty();
        assertThat(trained.err()).isEqualTo("mgn: trained -> " + workshop.path("run/model.safetensors") + "\n");
        List<String> log = Files.readAllLines(workshop.path("run/log.csv"));
        assertThat(log).hasSize(1 + 3).startsWith("epoch,iteration,loss,softmax,triplet,lr,images_per_second");
        assertThat(workshop.path("run/recipe.yaml")).content().contains("iterations: 3");
        assertThat(ModelFile.load(workshop.path("run/model.safetensors")).spec())
                .isEqualTo(Workshop.SPEC);

        extract("@run/model.safetensors", "query", "q.npy");
        extract("@run/model.safetensors", "bounding_box_test", "g.npy");
        Workshop.Call fromFeatures = workshop.mgn(
                        "evaluate",
                        "--query",
                        "@q.npy",
                        "--gallery",
                        "@g.npy",
                        "--query-images",
                        "@data/query",
                        "--gallery-images",
                        "@data/bounding_box_test",
                        "--run",
                        "@run",
                        "--json",
                        "@f.json",
                        "--report",
                        "@f")
                .ok();
        Workshop.Call fromImages = workshop.mgn(
                        "evaluate",
                        "--model",
                        "@run/model.safetensors",
                        "--data",
                        "@data",
                        "--json",
                        "@i.json",
                        "--report",
                        "@i")
                .ok();
        assertThat(fromFeatures.out()).isEqualTo(fromImages.out()).contains("rank-1", "mAP");
        assertThat(workshop.json("f.json")).isEqualTo(workshop.json("i.json"));
        assertThat(workshop.json("f.json").keySet())
                .contains("queries", "rank1", "rank5", "rank10", "rank20", "cmc", "mAP", "mAP_trapezoid", "mINP");
        assertThat(workshop.path("f").toFile().list())
                .containsExactlyInAnyOrder(
                        "report.html",
                        "cmc.png",
                        "distances.png",
                        "roc.png",
                        "map.png",
                        "loss.png",
                        "best.png",
                        "worst.png");
        assertThat(workshop.path("i").toFile().list())
                .containsExactlyInAnyOrder(
                        "report.html",
                        "cmc.png",
                        "distances.png",
                        "roc.png",
                        "map.png",
                        "attention.png",
                        "best.png",
                        "worst.png");
        assertThat(workshop.path("f/best.png")).hasSameBinaryContentAs(workshop.path("i/best.png"));
    }

    @Test
    void aReportOfFeaturesAloneSaysWhereItLookedForImages() throws IOException {
        extract("@model.safetensors", "query", "q.npy");
        extract("@model.safetensors", "bounding_box_test", "g.npy");
        workshop.mgn("evaluate", "--query", "@q.npy", "--gallery", "@g.npy", "--report", "@r")
                .ok();
        assertThat(workshop.path("r/report.html")).content().contains("None of the images can be read, so the lists");
        assertThat(workshop.path("r").toFile().list())
                .containsExactlyInAnyOrder("report.html", "cmc.png", "distances.png", "roc.png", "map.png");

        // Beside the images they are found.
        Files.move(workshop.path("q.npy"), workshop.path("data/query/q.npy"));
        Files.move(workshop.path("q.csv"), workshop.path("data/query/q.csv"));
        workshop.mgn("evaluate", "--query", "@data/query/q.npy", "--gallery", "@g.npy", "--report", "@s")
                .ok();
        assertThat(workshop.path("s/report.html"))
                .content()
                .contains("data:image/jpeg")
                .doesNotContain("None of the images");
    }

    private void extract(String model, String images, String out) {
        workshop.mgn("extract", "--model", model, "--images", "@data/" + images, "--out", "@" + out)
                .ok();
    }

    @Test
    void reRankingKeepsThePlainMetricsAsBaseline() throws IOException {
        workshop.mgn("evaluate", "--model", "@model.safetensors", "--data", "@data", "--json", "@plain.json")
                .ok();
        Workshop.Call reRanked = workshop.mgn(
                        "evaluate",
                        "--model",
                        "@model.safetensors",
                        "--data",
                        "@data",
                        "--json",
                        "@reranked.json",
                        "--rerank",
                        "--k1",
                        "4",
                        "--k2",
                        "2",
                        "--lambda",
                        "1")
                .ok();
        assertThat(reRanked.out()).contains("plain", "re-ranked");
        JsonObject json = workshop.json("reranked.json");
        JsonObject plain = workshop.json("plain.json");
        assertThat(json.getAsJsonObject("baseline")).isEqualTo(plain);
        // With lambda 1 only the original distance counts, each column divided by its maximum.
        assertThat(json.get("queries")).isEqualTo(plain.get("queries"));
        assertThat(json.get("cmc").getAsJsonArray())
                .hasSameSizeAs(plain.get("cmc").getAsJsonArray());
    }

    @Test
    void evaluateVerifiesAndExpands() throws IOException {
        workshop.mgn("evaluate", "--model", "@model.safetensors", "--data", "@data", "--json", "@plain.json")
                .ok();
        Workshop.Call verified = workshop.mgn(
                        "evaluate",
                        "--model",
                        "@model.safetensors",
                        "--data",
                        "@data",
                        "--json",
                        "@roc.json",
                        "--block-memory",
                        "1",
                        "--roc")
                .ok();
        assertThat(verified.out()).contains("same person at 10% false accepts: ", "at 0.01% false accepts: ");
        JsonObject json = workshop.json("roc.json");
        JsonObject verification = json.remove("verification").getAsJsonObject();
        assertThat(json).isEqualTo(workshop.json("plain.json"));
        assertThat(verification.getAsJsonArray("points")).hasSize(4);
        assertThat(verification.get("same_pairs").getAsLong()).isPositive();

        workshop.mgn(
                        "evaluate",
                        "--model",
                        "@model.safetensors",
                        "--data",
                        "@data",
                        "--json",
                        "@expanded.json",
                        "--expand",
                        "3",
                        "--alpha",
                        "1",
                        "--metric",
                        "cosine")
                .ok();
        assertThat(workshop.json("expanded.json").get("queries")).isEqualTo(json.get("queries"));
    }

    @Test
    void importingAModelChangesNothing() throws IOException {
        workshop.mgn("import", "--from", "@model.safetensors", "--out", "@again.safetensors")
                .ok();
        assertThat(workshop.path("again.safetensors")).hasSameBinaryContentAs(workshop.path("model.safetensors"));
        workshop.mgn("import", "--from", "@model.safetensors", "--out", "@avg.safetensors", "--pool", "avg")
                .ok();
        workshop.mgn("extract", "--model", "@model.safetensors", "--images", "@data/query", "--out", "@max.npy")
                .ok();
        workshop.mgn("extract", "--model", "@avg.safetensors", "--images", "@data/query", "--out", "@avg.npy")
                .ok();
        assertThat(FeatureSet.read(workshop.path("avg.npy")).features())
                .isNotEqualTo(FeatureSet.read(workshop.path("max.npy")).features());
    }

    @Test
    void extractionFollowsItsOptions() throws IOException {
        Path broken = workshop.path("data/query/0005_c1_broken.jpg");
        Files.writeString(broken, "no image");
        Workshop.Call skipped = workshop.mgn(
                        "extract",
                        "--model",
                        "@model.safetensors",
                        "--images",
                        "@data",
                        "--out",
                        "@all.npy",
                        "--on-error",
                        "skip")
                .ok();
        assertThat(skipped.err()).contains("skipped: " + broken + ": not a JPEG", "(1 skipped)");
        FeatureSet all = FeatureSet.read(workshop.path("all.npy"));
        List<String> paths =
                all.table().entries().stream().map(FeatureTable.Entry::path).toList();
        assertThat(paths).isSorted().doesNotContain("query/" + broken.getFileName());
        assertThat(paths.get(0)).startsWith("bounding_box_test/-1_c1s1_");
        assertThat(all.table().entries().get(0).pid()).isEqualTo(-1);
        Files.delete(broken);

        extractQuery("whole", "--batch", "3");
        extractQuery("noflip", "--no-flip");
        extractQuery("bicubic", "--resize", "bicubic");
        extractQuery("huge", "--batch", "2000000000");
        FeatureSet whole = FeatureSet.read(workshop.path("whole.npy"));
        int first = paths.indexOf("query/" + whole.table().entries().get(0).path());
        for (int j = 0; j < Workshop.SPEC.featureLength(); j++) {
            assertThat(whole.features().get(0, j)).isCloseTo(all.features().get(first, j), within(1e-4f));
        }
        assertThat(FeatureSet.read(workshop.path("noflip.npy")).features()).isNotEqualTo(whole.features());
        assertThat(FeatureSet.read(workshop.path("bicubic.npy")).features()).isNotEqualTo(whole.features());
        assertThat(FeatureSet.read(workshop.path("huge.npy")).features().rows())
                .isEqualTo(whole.features().rows());
    }

    private void extractQuery(String name, String... options) {
        List<String> args = new ArrayList<>(List.of(
                "extract", "--model", "@model.safetensors", "--images", "@data/query", "--out", "@" + name + ".npy"));
        args.addAll(List.of(options));
        workshop.mgn(args.toArray(String[]::new)).ok();
    }

    @Test
    void forceOverwrites() throws IOException {
        Files.writeString(workshop.path("q.npy"), "old");
        String[] call = {"extract", "--model", "@model.safetensors", "--images", "@data/query", "--out", "@q.npy"};
        assertThat(workshop.mgn(call).status()).isEqualTo(2);
        assertThat(workshop.path("q.npy")).hasContent("old");
        String[] forced = Arrays.copyOf(call, call.length + 1);
        forced[call.length] = "--force";
        workshop.mgn(forced).ok();
        assertThat(FeatureSet.read(workshop.path("q.npy")).features().rows()).isEqualTo(8);
    }
}
