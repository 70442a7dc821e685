package io.github.mgn4j.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.MultiQuery;
import io.github.mgn4j.eval.QueryExpansion;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.SingleShot;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program does with a data set and a model, through public classes alone: extract, evaluate, report. */
class FrontDoorTest {
    @TempDir
    static Path shared;

    private static ReidDataset dataset;
    private static FeatureExtractor extractor;
    private static LabelledFeatures query;
    private static LabelledFeatures gallery;

    private final Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);

    @TempDir
    Path folder;

    @BeforeAll
    static void open() throws IOException {
        Path people = shared.resolve("people");
        SynthOptions options =
                SynthOptions.DEFAULT.withIds(5).withCameras(2).withImages(2).withSize(32, 64);
        SyntheticDataset.write(options, people, false, ProgressListener.NONE);
        dataset = DatasetFormats.read(people);
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 32)
                .embedding(8)
                .classes(5)
                .build();
        extractor = FeatureExtractor.builder(WeightInit.initialise(spec, 1)).build();
        query = features(dataset.query());
        gallery = features(dataset.gallery());
    }

    @AfterAll
    static void close() {
        extractor.close();
    }

    /** The long way round. */
    private static LabelledFeatures features(List<ReidImage> images) throws IOException {
        FeatureMatrix matrix =
                extractor.extract(images.stream().map(ReidImage::path).toList());
        return new LabelledFeatures(
                matrix,
                images.stream().mapToInt(ReidImage::pid).toArray(),
                images.stream().mapToInt(ReidImage::camid).toArray());
    }

    private static ReidDataset with(List<ReidImage> queries, List<ReidImage> entries, List<ReidImage> multiQuery) {
        return new ReidDataset("own", shared, List.of(), queries, entries, multiQuery, List.of());
    }

    private static void assertSame(Evaluation found, Evaluation expected) {
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void oneCallEvaluatesADataSet() throws IOException {
        DatasetEvaluation evaluation = evaluator.evaluate(extractor, dataset);
        assertSame(evaluation.evaluation(), evaluator.evaluate(query, gallery));
        assertThat(evaluation.metrics().queries()).isEqualTo(dataset.query().size());
        assertThat(evaluation.reRanked()).isNull();
        assertThat(evaluation.verification()).isNull();
        assertThat(evaluation.singleShot()).isNull();
        assertThat(evaluation.features().dataset()).isEqualTo(dataset);
        assertThat(evaluation.features().queryImages()).isEqualTo(dataset.query());
        assertThat(evaluation.features().galleryImages()).isEqualTo(dataset.gallery());
        assertThat(evaluation.features().query().features()).isEqualTo(query.features());
        assertThat(evaluation.toJson().toJson().keySet())
                .contains("rank1", "mAP")
                .doesNotContain("baseline");
    }

    @Test
    void theOptionsAreTheCallsThatTheyStandFor() throws IOException {
        List<Integer> progress = new ArrayList<>();
        ReRanker reRanker = new ReRanker(6, 3, 0.2);
        QueryExpansion expansion = new QueryExpansion(2, 3);
        EvaluationOptions options = EvaluationOptions.builder()
                .progress((done, total) -> {
                    assertThat(total)
                            .isEqualTo(
                                    dataset.query().size() + dataset.gallery().size());
                    progress.add(done);
                })
                .expand(expansion)
                .reRank(reRanker)
                .verification(true)
                .singleShot(3)
                .build();
        Evaluator cosine = new Evaluator(DistanceMetric.COSINE, 4);
        DatasetEvaluation evaluation = cosine.evaluate(extractor, dataset, options);
        LabelledFeatures expanded = expansion.expand(query, gallery, DistanceMetric.COSINE);
        assertSame(evaluation.plain(), cosine.evaluate(expanded, gallery));
        assertSame(evaluation.evaluation(), cosine.evaluate(expanded, gallery, reRanker));
        assertThat(evaluation.verification()).isEqualTo(new Verifier(DistanceMetric.COSINE).verify(expanded, gallery));
        assertThat(evaluation.singleShot())
                .isEqualTo(new SingleShot(DistanceMetric.COSINE, 3, 0).evaluate(expanded, gallery));
        assertThat(evaluation.toJson().toJson().keySet()).contains("baseline", "verification");
        assertThat(progress)
                .isSorted()
                .endsWith(dataset.query().size() + dataset.gallery().size());
    }

    @Test
    void multiQueryAveragesTheImagesOfTheSameCamera() throws IOException {
        List<ReidImage> more = dataset.gallery().stream()
                .filter(ReidImage::isPerson)
                .filter(image -> image.pid() % 2 == 0)
                .toList();
        EvaluationOptions options = EvaluationOptions.builder().multiQuery(true).build();
        TestFeatures found = TestFeatures.extract(extractor, with(dataset.query(), dataset.gallery(), more), options);
        LabelledFeatures expected = MultiQuery.average(query, features(more));
        assertThat(found.query().features()).isEqualTo(expected.features()).isNotEqualTo(query.features());
        assertThat(found.gallery().features()).isEqualTo(gallery.features());
        assertThatThrownBy(() -> evaluator.evaluate(extractor, dataset, options))
                .isInstanceOf(EvaluationException.class)
                .hasMessage(dataset.root() + ": no images for multi-query (layout market1501), expected some as in"
                        + " Market-1501's gt_bbox");
    }

    @Test
    void unreadableImagesAreLeftOutOfAllThatGoesOn() throws IOException {
        Path text = Files.writeString(folder.resolve("0006_c1s1_000001_01.jpg"), "no image");
        ReidImage broken = new ReidImage(text, 6, 1);
        List<ReidImage> queries = new ArrayList<>(dataset.query());
        queries.add(1, broken);
        List<ReidImage> entries = new ArrayList<>(dataset.gallery());
        entries.add(0, broken);
        entries.add(broken);
        ReidDataset damaged = with(queries, entries, List.of());
        assertThatThrownBy(() -> evaluator.evaluate(extractor, damaged)).isInstanceOf(ImageException.class);

        DatasetEvaluation evaluation = evaluator.evaluate(
                extractor,
                damaged,
                EvaluationOptions.builder().onError(OnError.SKIP).build());
        assertSame(evaluation.evaluation(), evaluator.evaluate(query, gallery));
        assertThat(evaluation.features().queryImages()).isEqualTo(dataset.query());
        assertThat(evaluation.features().galleryImages()).isEqualTo(dataset.gallery());
        assertThat(evaluation.features().dataset()).isEqualTo(with(dataset.query(), dataset.gallery(), List.of()));
        assertThat(evaluation.features().skipped())
                .hasSize(3)
                .allSatisfy(image -> assertThat(image.reason()).hasMessageContaining(text.toString()));

        ReidDataset nothing = with(List.of(broken), dataset.gallery(), List.of());
        assertThatThrownBy(() -> evaluator.evaluate(
                        extractor,
                        nothing,
                        EvaluationOptions.builder().onError(OnError.SKIP).build()))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no query images");
        assertThatThrownBy(() -> evaluator.evaluate(extractor, with(List.of(), List.of(), List.of())))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no query images");
    }

    /** The same image as a query and in the gallery, as in data sets without a split. */
    @Test
    void anImageMayBeInBothParts() throws IOException {
        List<ReidImage> all = Stream.concat(dataset.query().stream(), dataset.gallery().stream())
                .toList();
        TestFeatures found = TestFeatures.extract(extractor, with(dataset.query(), all, List.of()));
        assertThat(found.query().features()).isEqualTo(query.features());
        assertThat(found.gallery().features()).isEqualTo(features(all).features());
    }

    @Test
    void featureFilesFindTheirImages() throws IOException {
        Path q = write("q.npy", "query", dataset.query(), query);
        Path g = write("g.npy", "bounding_box_test", dataset.gallery(), gallery);
        TestFeatures named = TestFeatures.read(
                q, dataset.root().resolve("query"), g, dataset.root().resolve("bounding_box_test"));
        assertThat(named.queryImages()).isEqualTo(dataset.query());
        assertThat(named.galleryImages()).isEqualTo(dataset.gallery());
        assertThat(named.dataset()).isNull();
        assertSame(
                evaluator.evaluate(named, EvaluationOptions.DEFAULT).evaluation(), evaluator.evaluate(query, gallery));
        // Beside the features, where no folder is named; else nowhere.
        Path image = dataset.query().get(0).path();
        Files.copy(image, folder.resolve(image.getFileName()));
        TestFeatures unnamed = TestFeatures.read(q, null, g, null);
        assertThat(unnamed.queryImages().get(0).path())
                .isEqualTo(folder.toAbsolutePath().resolve(image.getFileName()));
        assertThat(unnamed.galleryImages().get(0).path())
                .isEqualTo(dataset.gallery().get(0).path().getFileName());
    }

    private Path write(String name, String part, List<ReidImage> images, LabelledFeatures features) throws IOException {
        Path npy = folder.resolve(name);
        Path base = dataset.root().resolve(part);
        new FeatureSet(
                        features.features(),
                        new FeatureTable(images.stream()
                                .map(image -> FeatureTable.Entry.of(base, image.path()))
                                .toList()))
                .write(npy);
        return npy;
    }

    @Test
    void aReportNeedsNothingButTheEvaluation() throws IOException {
        DatasetEvaluation evaluation = evaluator.evaluate(extractor, dataset);
        Path page = Report.of(evaluation).write(folder.resolve("report"));
        assertThat(page).isEqualTo(folder.resolve("report").resolve(Report.PAGE));
        assertThat(Files.readString(page))
                .contains("<h1>Re-identification</h1>", "<dt>distance</dt><dd>euclidean</dd>", "<dt>made</dt>")
                .contains("<dt>data</dt><dd>" + dataset.root() + " (market1501)</dd>", "<h2>Camera pairs</h2>")
                .contains("Best queries", "Hardest queries", "Embedding map", "<h2>Thresholds</h2>")
                .doesNotContain("no image", "Activation maps", "Training loss");
        try (Stream<Path> files = Files.list(folder.resolve("report"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .isSubsetOf(Report.FILES)
                    .contains("cmc.png", "distances.png", "roc.png", "map.png", "best.png", "worst.png")
                    .doesNotContain("loss.png", "attention.png");
        }
    }

    @Test
    void aReportShowsWhatItIsGiven() throws IOException {
        DatasetEvaluation evaluation = evaluator.evaluate(
                extractor,
                dataset,
                EvaluationOptions.builder()
                        .reRank(new ReRanker(6, 3, 0.3))
                        .expand(new QueryExpansion(2, 3))
                        .singleShot(2)
                        .build());
        Path model = Files.writeString(folder.resolve("model"), "abc");
        List<Integer> widths = new ArrayList<>();
        Report report = Report.builder(evaluation)
                .title("Mine <&>")
                .fact("note", "a fact")
                .compare("baseline net", evaluation.plain().metrics())
                .loss(List.of(new LossPoint(1, 2, 1, 1), new LossPoint(2, 1, 0.5, 0.5)))
                .activationMaps(image -> {
                    widths.add(image.width());
                    return List.of(ActivationMap.of("branch-x", 2, 1, new float[] {0, 1}));
                })
                .provenance("by", "a test")
                .model(model)
                .build();
        assertThat(widths).isNotEmpty().hasSizeLessThanOrEqualTo(6).containsOnly(32);
        assertThat(Files.readString(report.write(folder.resolve("report"))))
                .contains("<h1>Mine &lt;&amp;&gt;</h1>", "<dt>note</dt><dd>a fact</dd>", "<dt>by</dt><dd>a test</dd>")
                .contains("re-ranked", "plain", "baseline net", "Training loss", "branch-x")
                .contains("k1 6, k2 3, lambda 0.3", "2 nearest, alpha 3.0", "2 trials")
                .contains("SHA-256 ba7816bf8f01cfea");
        String page = Files.readString(Report.builder(evaluation)
                .facts(Map.of("only", "this"))
                .name("ours")
                .build()
                .write(folder.resolve("other")));
        assertThat(page).contains("<dt>only</dt>", "ours").doesNotContain("<dt>distance</dt>", "re-ranked");
    }

    @Test
    void featuresWithoutFilesHaveAReportWithoutPictures() throws IOException {
        DatasetEvaluation evaluation = evaluator.evaluate(new TestFeatures(query, gallery), EvaluationOptions.DEFAULT);
        assertThat(Files.readString(Report.of(evaluation).write(folder)))
                .contains("Cumulative matching")
                .doesNotContain("Best queries", "<dt>data</dt>");
        assertThatThrownBy(() ->
                        new TestFeatures(query, gallery, dataset.query().subList(1, 3), List.of(), null, List.of()))
                .isInstanceOf(EvaluationException.class)
                .hasMessage(dataset.query().size() + " query features, but 2 images");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> EvaluationOptions.builder().singleShot(-1).build())
                .isInstanceOf(EvaluationException.class)
                .hasMessage("single-shot trials is -1, must not be negative");
    }
}
