package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.PublishedCounts;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DryRunTest {
    private static final String RECIPE = """
            p: 8
            k: 4
            epochs: 80
            network: {preset: mgn, depth: 18, width: 0.0625, input: [96, 32], embedding: 16}
            """;

    /** 12 identities, 2 cameras, 3 images: 72 to train on, 24 queries, 72 + 14 + 3 in the gallery. */
    private static final SynthOptions PEOPLE = new SynthOptions(12, 2, 3, 16, 32, 1);

    @TempDir
    static Path folder;

    private static Path market;

    @BeforeAll
    static void draw() throws IOException {
        market = folder.resolve("market");
        SyntheticDataset.write(PEOPLE, market, false, (done, total) -> {});
    }

    /** Copies the drawn images under names as in other data sets. */
    private static Path renamed(Path to, String name) throws IOException {
        int number = 0;
        for (String split : List.of("bounding_box_train", "query", "bounding_box_test")) {
            Files.createDirectories(to.resolve(split));
            List<Path> images;
            try (Stream<Path> files = Files.list(market.resolve(split))) {
                images = files.sorted()
                        .filter(file -> !file.getFileName().toString().startsWith("-1"))
                        .toList();
            }
            for (Path image : images) {
                String[] parts = image.getFileName().toString().split("_", -1);
                Files.copy(
                        image, to.resolve(split).resolve(name.formatted(parts[0], parts[1].substring(1, 2), number++)));
            }
        }
        return to;
    }

    private static DryRun dryRun(Path data, String recipe) throws IOException {
        DatasetFormat format = DatasetFormats.detect(data);
        return Training.builder(format.read(data), RecipeYaml.parse(recipe, "r.yaml"))
                .dryRun(format.published());
    }

    private static Map<Path, FileTime> files(Path root) throws IOException {
        Map<Path, FileTime> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                files.put(file, Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    @Test
    void stepsParametersAndDifferencesAreThoseOfTheTraining() throws IOException {
        Map<Path, FileTime> before = files(folder);
        DryRun run = dryRun(market, RECIPE);
        assertThat(files(folder)).isEqualTo(before);
        assertThat(run.iterationsPerEpoch()).isEqualTo(72 / 32);
        assertThat(run.totalIterations()).isEqualTo(80 * 2);
        assertThat(run.spec().classes()).isEqualTo(12);
        assertThat(run.parameters()).isEqualTo(NetworkSummary.of(run.spec()).parameterCount());
        assertThat(run.measuredImages()).as("a small network's whole batch").isEqualTo(32);
        assertThat(run.step()).isPositive();
        assertThat(run.duration()).isEqualTo(run.step().multipliedBy(160));
        assertThat(run.memoryBytes()).isBetween(10_000_000L, 20_000_000_000L);
        assertThat(run.warnings())
                .containsExactly(
                        market
                                + " is not Market-1501 as published: train: 12936 images published, 72 found; train: 751 identities"
                                + " published, 12 found; query: 3368 images published, 24 found; query: 750 identities published, 12"
                                + " found; gallery: 19732 images published, 89 found; gallery: 750 identities published, 12 found");
        assertThat(run.render())
                .contains("72 images of 12 identities to train on, 24 queries, 89 gallery images")
                .contains("differs from the published Market-1501")
                .contains("batch    8 identities x 4 images = 32 images\n")
                .contains("epoch    a full pass, as many images as the training set has: 2 steps\n")
                .contains("steps    160 in 80 epochs\n")
                .contains("rate     0.01 at the beginning, 0.000100 at the last step\n");
        assertThat(dryRun(market, RECIPE + "epoch: k-per-identity\niterations: 7\n")
                        .render())
                .contains("epoch    4 images of every identity: 2 steps\n")
                .contains("steps    7, as 'iterations' says");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DukeMTMC-reID", "CUHK03-NP labeled", "CUHK03-NP detected"})
    void everyDataSetIsComparedWithItsOwnCounts(String variant, @TempDir Path other) throws IOException {
        boolean duke = variant.startsWith("Duke");
        String kind = variant.substring(variant.lastIndexOf(' ') + 1);
        Path data = duke
                ? renamed(other, "%s_c%s_f%07d.jpg")
                : renamed(Files.createDirectory(other.resolve(kind)), "%s_c%s_%d.png");
        DatasetFormat format = duke ? DatasetFormats.named("dukemtmc") : DatasetFormats.named("cuhk03-np:" + kind);
        ReidDataset dataset = format.read(duke ? data : other);
        DryRun run =
                Training.builder(dataset, RecipeYaml.parse(RECIPE, "r.yaml")).dryRun(format.published());
        String train = duke ? "16522" : kind.equals("labeled") ? "7368" : "7365";
        String gallery = duke ? "17661" : kind.equals("labeled") ? "5328" : "5332";
        assertThat(run.warnings().get(0))
                .contains(" is not " + variant + " as published: train: " + train + " images published, 72 found")
                .contains("query: " + (duke ? 2228 : 1400) + " images published, 24 found")
                .contains("gallery: " + gallery + " images published, 86 found");
    }

    @Test
    void rightCountsGiveNoWarning() throws IOException {
        ReidDataset dataset = DatasetFormats.read(market);
        List<PublishedCounts> published = List.of(new PublishedCounts(
                "Drawn",
                new PublishedCounts.Split(72, 12),
                new PublishedCounts.Split(24, 12),
                new PublishedCounts.Split(89, 12)));
        DryRun run =
                Training.builder(dataset, RecipeYaml.parse(RECIPE, "r.yaml")).dryRun(published);
        assertThat(run.warnings()).isEmpty();
        assertThat(run.render()).contains("as published: Drawn\n");
        assertThat(Training.builder(dataset, RecipeYaml.parse("k: 1\np: 4\n" + RECIPE.substring(10), "r.yaml"))
                        .dryRun(List.of())
                        .warnings())
                .containsExactly("the triplet term stays 0 with k 1: it compares two images of an identity");
    }

    /** The maps of 32 images from those of 8: what the trainer of all of them plans. */
    @Test
    void theMemoryOfImagesIsProportionalToTheirNumber() throws IOException {
        ReidDataset dataset = DatasetFormats.read(market);
        Recipe recipe = RecipeYaml.parse(RECIPE, "r.yaml");
        long few = bytesOfImages(dataset, recipe.toBuilder().p(2).build());
        long all = bytesOfImages(dataset, recipe);
        assertThat(few * 4).isCloseTo(all, withinPercentage(10));
    }

    private static long bytesOfImages(ReidDataset dataset, Recipe recipe) throws IOException {
        TrainingBuilder setup = Training.builder(dataset, recipe);
        try (DatasetBatches batches = setup.batches(recipe, setup.startingModel());
                Trainer trainer = setup.trainer(batches).start(setup.startingModel())) {
            trainer.step();
            return trainer.bytesOfImages();
        }
    }

    @Test
    void microBatchesAreMeasuredAsTheyAre() throws IOException {
        DryRun run = dryRun(market, RECIPE + "micro-batch: 16\n");
        assertThat(run.measuredImages()).isEqualTo(16);
    }

    @Test
    void whatTheTrainingRefusesIsRefused() {
        assertThatThrownBy(() -> dryRun(market, RECIPE.replace("p: 8", "p: 13")))
                .isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> dryRun(market, RECIPE + "augment: [blur]\n")).hasMessageContaining("blur");
    }
}
