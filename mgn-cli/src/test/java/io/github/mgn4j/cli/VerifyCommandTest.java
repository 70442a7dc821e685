package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a labelled data set to a verdict: {@code evaluate --store-thresholds}, then {@code verify}. */
class VerifyCommandTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;
    private static Workshop.Call evaluated;
    private static Model model;
    private static VerificationThresholds thresholds;
    private static List<ReidImage> queries;
    private static List<ReidImage> gallery;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
        evaluated = evaluate("@stored.safetensors", "--json", "@metrics.json").ok();
        model = ModelFile.load(workshop.path("stored.safetensors"));
        thresholds = Objects.requireNonNull(model.thresholds());
        ReidDataset data = DatasetFormats.read(workshop.path("data"));
        queries = data.query();
        gallery = data.gallery();
    }

    private static Workshop.Call evaluate(String out, String... more) {
        String[] call = {
            "evaluate", "--model", "@model.safetensors", "--data", "@data", "--store-thresholds", out,
        };
        return workshop.mgn(concat(call, more));
    }

    private static String[] concat(String[] call, String... more) {
        String[] all = java.util.Arrays.copyOf(call, call.length + more.length);
        System.arraycopy(more, 0, all, call.length, more.length);
        return all;
    }

    private static Workshop.Call verify(String file, Path a, Path b, String... more) {
        return workshop.mgn(concat(new String[] {"verify", "--model", file, a.toString(), b.toString()}, more));
    }

    @Test
    void theCopyCarriesTheThresholdsThatTheDataSupports() throws IOException {
        assertThat(thresholds.metric()).isEqualTo(DistanceMetric.EUCLIDEAN);
        assertThat(thresholds.flip()).isTrue();
        assertThat(thresholds.data())
                .isEqualTo("data (market1501): %d queries, %d gallery images", queries.size(), gallery.size());
        assertThat(thresholds.differentPairs()).isBetween(100L, 999L);
        assertThat(thresholds.thresholds())
                .extracting(Threshold::falseAcceptRate)
                .containsExactly(0.1, 0.01);
        long pairs = thresholds.differentPairs();
        assertThat(evaluated.err().lines())
                .contains(
                        "mgn: no threshold at a false-accept rate of 0.001: " + pairs
                                + " pairs of two people, at least 1000 needed",
                        "mgn: the threshold at a false-accept rate of 0.01 rests on " + pairs / 100
                                + " pairs: it may be far off",
                        "mgn: 2 thresholds for same-person verdicts -> " + workshop.path("stored.safetensors"));
        // As evaluate without the option, weights included.
        workshop.mgn("evaluate", "--model", "@model.safetensors", "--data", "@data", "--json", "@plain.json")
                .ok();
        assertThat(workshop.json("metrics.json")).isEqualTo(workshop.json("plain.json"));
        Path without = workshop.path("without.safetensors");
        ModelFile.save(without, model.withThresholds(null));
        assertThat(without).hasSameBinaryContentAs(workshop.path("model.safetensors"));
    }

    @Test
    void infoShowsThem() throws IOException {
        Workshop.Call call = workshop.mgn("info", "@stored.safetensors", "--json", "@info.json")
                .ok();
        assertThat(call.out())
                .contains(
                        "thresholds for same-person verdicts\n  euclidean, averaged over the mirror; ",
                        "\n  " + thresholds.data() + "\n  far 0.1     distance up to ",
                        "\n  far 0.01    distance up to ");
        assertThat(VerificationThresholds.parse(
                        workshop.json("info.json").get("thresholds").toString()))
                .isEqualTo(thresholds);
        assertThat(workshop.mgn("info", "@model.safetensors").ok().out()).doesNotContain("thresholds");
    }

    /** Verdicts on all pairs of the data set: no more pairs of two people are accepted than the rate says. */
    @Test
    void theRateIsKeptOnTheDataThatItWasMeasuredOn() throws IOException {
        try (FeatureExtractor extractor = FeatureExtractor.builder(model).build()) {
            List<float[]> features = new java.util.ArrayList<>();
            for (ReidImage image : gallery) {
                features.add(extractor.extract(image.path()));
            }
            long accepted = 0;
            long different = 0;
            for (ReidImage query : queries) {
                float[] feature = extractor.extract(query.path());
                for (int j = 0; j < gallery.size(); j++) {
                    if (gallery.get(j).pid() != query.pid() && gallery.get(j).pid() != -1) {
                        different++;
                        accepted +=
                                extractor.compare(feature, features.get(j), 0.1).same() ? 1 : 0;
                    }
                }
            }
            assertThat(different).isEqualTo(thresholds.differentPairs());
            // A feature may differ in its last digits from that of another batch, and a pair at the threshold with it.
            assertThat((double) accepted / different).isBetween(0.09 - 1.0 / different, 0.1 + 1.0 / different);
        }
    }

    @Test
    void saysWhetherTwoImagesShowTheSamePerson() throws IOException {
        Path a = queries.get(0).path();
        Path b = gallery.get(gallery.size() - 1).path();
        double distance;
        try (FeatureExtractor extractor = FeatureExtractor.builder(model).build()) {
            distance = DistanceMetric.EUCLIDEAN.between(extractor.extract(a), extractor.extract(b));
        }
        for (String far : List.of("0.5", "0.1", "0.05", "0.01")) {
            Threshold threshold = thresholds.at(Double.parseDouble(far));
            boolean same = distance <= threshold.distance();
            Workshop.Call call = verify("@stored.safetensors", a, b, "--far", far, "--json", "@v" + far + ".json")
                    .ok();
            assertThat(call.out())
                    .isEqualTo(String.format(
                            Locale.ROOT,
                            "%s distance %.6g threshold %.6g far %s\n",
                            same ? "same" : "different",
                            distance,
                            threshold.distance(),
                            threshold.falseAcceptRate()));
            assertThat(call.err()).isEmpty();
            JsonObject json = workshop.json("v" + far + ".json");
            assertThat(json.get("same").getAsBoolean()).isEqualTo(same);
            assertThat(json.get("distance").getAsDouble()).isCloseTo(distance, within(1e-9));
            assertThat(json.get("threshold").getAsDouble()).isEqualTo(threshold.distance());
            assertThat(json.get("far").getAsDouble()).isEqualTo(threshold.falseAcceptRate());
            assertThat(json.get("a").getAsString()).isEqualTo(a.toString());
            assertThat(json.get("b").getAsString()).isEqualTo(b.toString());
        }
    }

    @Test
    void theDefaultRateIsRefusedWhereTheDataDidNotSupportIt() {
        Path image = queries.get(0).path();
        Workshop.Call call = verify("@stored.safetensors", image, image);
        assertThat(call.status()).isEqualTo(2);
        assertThat(call.out()).isEmpty();
        assertThat(call.err())
                .isEqualTo(
                        "mgn: %s: no threshold for a false-accept rate of 0.001: the model has those for 0.1, 0.01, from %d pairs of two people\n"
                                .formatted(workshop.path("stored.safetensors"), thresholds.differentPairs()));
    }

    @Test
    void aThresholdOfTheCallersOwn() throws IOException {
        Path a = queries.get(0).path();
        Path b = gallery.get(gallery.size() - 1).path();
        assertThat(verify("@model.safetensors", a, a, "--threshold", "0").ok().out())
                .isEqualTo("same distance 0.00000 threshold 0.00000 far unknown\n");
        assertThat(verify("@stored.safetensors", a, a, "--threshold", "0").ok().out())
                .endsWith(" far 0.01\n");
        assertThat(verify("@stored.safetensors", a, b, "--threshold", "1e9")
                        .ok()
                        .out())
                .startsWith("same ")
                .endsWith(" far unknown\n");
        verify("@model.safetensors", a, a, "--threshold", "1", "--json", "@own.json")
                .ok();
        assertThat(workshop.json("own.json").get("far").isJsonNull()).isTrue();
    }

    @Test
    void theExitCodeTellsOnlyWhereItIsAskedFor() {
        Path a = queries.get(0).path();
        Path b = gallery.get(gallery.size() - 1).path();
        assertThat(verify("@model.safetensors", a, b, "--threshold", "0").ok().out())
                .startsWith("different ");
        Workshop.Call different =
                verify("@model.safetensors", a, b, "--threshold", "0", "--exit-code", "--json", "@e.json");
        assertThat(different.status()).isEqualTo(3);
        assertThat(different.out()).startsWith("different ");
        assertThat(different.err()).isEmpty();
        assertThat(workshop.path("e.json")).exists();
        assertThat(verify("@model.safetensors", a, a, "--threshold", "0", "--exit-code")
                        .status())
                .isZero();

        String[] again = {"--threshold", "0", "--exit-code", "--json", "@e.json"};
        assertThat(verify("@model.safetensors", a, b, again).status()).isEqualTo(2);
        Workshop.Call forced = verify("@model.safetensors", a, b, concat(again, "--force"));
        assertThat(forced.status()).isEqualTo(3);
        assertThat(forced.err()).isEqualTo("mgn: replaced what was there: " + workshop.path("e.json") + "\n");
    }

    @Test
    void calibrationKeepsTheThresholdsAndTrainingDoesNot() throws IOException {
        workshop.mgn(
                        "quantize",
                        "--model",
                        "@stored.safetensors",
                        "--images",
                        "@data/bounding_box_train",
                        "--limit",
                        "2",
                        "--out",
                        "@stored8.safetensors")
                .ok();
        Model calibrated = ModelFile.load(workshop.path("stored8.safetensors"));
        assertThat(calibrated.ranges()).isNotNull();
        assertThat(calibrated.thresholds()).isEqualTo(thresholds);
        workshop.mgn("import", "--from", "@stored8.safetensors", "--out", "@imported.safetensors")
                .ok();
        assertThat(workshop.path("imported.safetensors")).hasSameBinaryContentAs(workshop.path("stored8.safetensors"));

        String[] train = {"train", "--data", "@data", "--recipe", "@recipe.yaml", "--out", "@run"};
        workshop.mgn(concat(train, "--init", "@stored8.safetensors")).ok();
        Model trained = ModelFile.load(workshop.path("run/model.safetensors"));
        assertThat(trained.thresholds()).isNull();
        assertThat(trained.ranges()).isNull();
    }

    @Test
    void otherMetricsAndFeaturesWithoutTheMirrorAreRemembered() throws IOException {
        evaluate("@cosine.safetensors", "--metric", "cosine", "--no-flip", "--roc")
                .ok();
        VerificationThresholds found = Objects.requireNonNull(
                ModelFile.load(workshop.path("cosine.safetensors")).thresholds());
        assertThat(found.metric()).isEqualTo(DistanceMetric.COSINE);
        assertThat(found.flip()).isFalse();
        Path a = queries.get(0).path();
        Path b = gallery.get(gallery.size() - 1).path();
        double distance;
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(model).flip(false).build()) {
            distance = DistanceMetric.COSINE.between(extractor.extract(a), extractor.extract(b));
        }
        verify("@cosine.safetensors", a, b, "--far", "0.1", "--json", "@cosine.json")
                .ok();
        assertThat(workshop.json("cosine.json").get("distance").getAsDouble()).isCloseTo(distance, within(1e-9));
    }

    @Test
    void nothingIsOverwrittenWithoutForce() throws IOException {
        Files.writeString(workshop.path("there.safetensors"), "mine");
        assertThat(evaluate("@there.safetensors").status()).isEqualTo(2);
        assertThat(workshop.path("there.safetensors")).hasContent("mine");
        evaluate("@there.safetensors", "--force").ok();
        assertThat(workshop.path("there.safetensors")).hasSameBinaryContentAs(workshop.path("stored.safetensors"));
    }
}
