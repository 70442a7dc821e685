package io.github.mgn4j.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.train.NetworkSettings;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.Training;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny study, as a program runs it. */
class StudyTest {
    private static final Recipe BASE = Recipe.builder()
            .p(2)
            .k(2)
            .checkpointEvery(2)
            .network(new NetworkSettings("mgn", 18, 1 / 32.0, new InputSize(96, 32), null, 4, null))
            .build();
    private static final int STEPS = 3;
    private static final ReRanker RE_RANKER = new ReRanker(3, 2, 0.3);

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static ReidDataset dataset;
    private static Path whole;
    private static StudyTable table;
    private static final List<Long> PROGRESS = new ArrayList<>();

    @BeforeAll
    static void runOne() throws IOException {
        Path data = shared.resolve("data");
        SyntheticDataset.write(
                SynthOptions.DEFAULT
                        .withIds(4)
                        .withCameras(2)
                        .withImages(2)
                        .withSize(24, 48)
                        .withMasks(true),
                data,
                false,
                (done, total) -> {});
        dataset = DatasetFormats.read(data);
        whole = shared.resolve("whole");
        StudyBuilder builder = builder(rows()).folder(whole).listener(state -> PROGRESS.add(state.done()));
        try (Study study = builder.open()) {
            table = study.run();
            assertThat(study.isFinished()).isTrue();
        }
    }

    private static List<StudyRow> rows() {
        StudyNetwork global = StudyNetwork.of(StudySuites.preset("global", BASE), BASE);
        StudyNetwork part2 = StudyNetwork.of(StudySuites.preset("part-2", BASE), BASE);
        return List.of(
                StudyRow.of("global", global).withPublished(new PublishedFigures(0.5, null, null, 0.25)),
                StudyRow.joined("G+P2", List.of(global, part2), true),
                StudyRow.of("too fast", global)
                        .withRecipes(r -> r.toBuilder().lr(1e30).build()),
                StudyRow.of("part-2, \"stripes\"", StudySuites.tripletOnStripes(part2.spec(), BASE)));
    }

    private static StudyBuilder builder(List<StudyRow> rows) {
        return Study.builder(dataset, rows)
                .seeds(List.of(1L, 2L))
                .iterations(STEPS)
                .reRanker(RE_RANKER);
    }

    @Test
    void aSharedNetworkIsTrainedOnceAndAsATrainingOfItsOwn() throws IOException {
        try (Stream<Path> runs = Files.list(whole.resolve("runs"))) {
            assertThat(runs.map(f -> f.getFileName().toString()).sorted())
                    .containsExactly(
                            "g-p2-2-seed-1",
                            "g-p2-2-seed-2",
                            "global-seed-1",
                            "global-seed-2",
                            "part-2-stripes-seed-1",
                            "part-2-stripes-seed-2",
                            "too-fast-seed-1",
                            "too-fast-seed-2");
        }
        Recipe recipe = BASE.toBuilder()
                .iterations(STEPS)
                .lrSteps(List.of(STEPS / 2.0 / perEpoch(), STEPS * 0.75 / perEpoch()))
                .seed(2)
                .build();
        try (Training training = Training.builder(dataset, recipe)
                .spec(StudySuites.preset("part-2", BASE))
                .folder(temp.resolve("alone"))
                .open()) {
            training.run();
        }
        assertThat(Files.mismatch(
                        temp.resolve("alone/model.safetensors"), whole.resolve("runs/g-p2-2-seed-2/model.safetensors")))
                .isEqualTo(-1);
    }

    private static int perEpoch() {
        return Math.max(1, dataset.train().size() / 4);
    }

    @Test
    void theNumbersAreThoseOfFeaturesJoinedByHand() throws IOException {
        String[] lines = Files.readString(whole.resolve("study.csv")).split("\n");
        assertThat(lines[0]).isEqualTo("row,seed,rank1,mAP,rank1_reranked,mAP_reranked,parameters,macs,seconds");
        assertThat(lines).hasSize(1 + 4 * 2);
        TestFeatures global = features("global-seed-1");
        TestFeatures part2 = features("g-p2-2-seed-1");
        LabelledFeatures query = joined(global.query(), part2.query());
        LabelledFeatures gallery = joined(global.gallery(), part2.gallery());
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);
        ReidMetrics plain = evaluator.evaluate(query, gallery).metrics();
        ReidMetrics reRanked = evaluator.evaluate(query, gallery, RE_RANKER).metrics();
        NetworkSummary one = NetworkSummary.of(withClasses("global"));
        NetworkSummary other = NetworkSummary.of(withClasses("part-2"));
        assertThat(lines[3])
                .startsWith("G+P2,1,%s,%s,%s,%s,%d,%d,"
                        .formatted(
                                plain.rank1(),
                                plain.mAP(),
                                reRanked.rank1(),
                                reRanked.mAP(),
                                one.parameterCount() + other.parameterCount(),
                                one.macs() + other.macs()));
        ReidMetrics alone = evaluator.evaluate(global.query(), global.gallery()).metrics();
        assertThat(lines[1]).startsWith("global,1,%s,%s,".formatted(alone.rank1(), alone.mAP()));
        assertThat(lines[5]).startsWith("too fast,1,diverged,diverged,diverged,diverged,");
        assertThat(lines[7]).startsWith("\"part-2, \"\"stripes\"\"\",1,0");
    }

    /** A row of several networks has the branches of each; the mean in the table is that of the seeds. */
    @Test
    void theAttentionIsThatOfEachNetwork() throws IOException {
        List<String> lines = Files.readAllLines(whole.resolve("attention.csv"));
        assertThat(lines.get(0)).isEqualTo("row,seed,branch,on_person,area,images");
        List<String> expected = new ArrayList<>();
        List<Double> global = new ArrayList<>();
        for (int seed = 1; seed <= 2; seed++) {
            global.add(attention("global-seed-" + seed).onPerson());
        }
        for (int seed = 1; seed <= 2; seed++) {
            for (String run : List.of("global-seed-", "g-p2-2-seed-")) {
                AttentionShare share = attention(run + seed);
                assertThat(share.images()).isEqualTo(8);
                expected.add("G+P2,%d,%s,%s,%s,8".formatted(seed, share.branch(), share.onPerson(), share.area()));
            }
        }
        assertThat(lines.stream().filter(line -> line.startsWith("G+P2,"))).containsExactlyElementsOf(expected);
        assertThat(lines.stream().filter(line -> line.startsWith("too fast,"))).isEmpty();
        String cell = String.format(
                java.util.Locale.ROOT,
                "| global %.1f ± %.1f |",
                50 * (global.get(0) + global.get(1)),
                100 * Math.abs(global.get(0) - global.get(1)) / Math.sqrt(2));
        assertThat(table.markdown().lines().toList().get(2)).endsWith(cell);
        assertThat(table.markdown()).contains("| Training | On the person |");
        assertThat(new StudyTable(table.rows(), List.of()).markdown()).doesNotContain("On the person");
    }

    private static AttentionShare attention(String run) throws IOException {
        try (FeatureExtractor extractor =
                FeatureExtractor.open(whole.resolve("runs").resolve(run).resolve("model.safetensors"))) {
            return AttentionShare.ofQueries(extractor, dataset).get(0);
        }
    }

    private static io.github.mgn4j.spec.MgnSpec withClasses(String preset) {
        return StudySuites.preset(preset, BASE).toBuilder().classes(4).build();
    }

    private static TestFeatures features(String run) throws IOException {
        try (FeatureExtractor extractor =
                FeatureExtractor.open(whole.resolve("runs").resolve(run).resolve("model.safetensors"))) {
            return TestFeatures.extract(extractor, dataset);
        }
    }

    private static LabelledFeatures joined(LabelledFeatures a, LabelledFeatures b) {
        int rows = a.features().rows();
        int dims = a.features().dims();
        float[] all = new float[rows * (dims + b.features().dims())];
        int at = 0;
        for (int i = 0; i < rows; i++) {
            for (float[] row : List.of(a.features().row(i), b.features().row(i))) {
                double squares = 0;
                for (float value : row) {
                    squares += (double) value * value;
                }
                for (float value : row) {
                    all[at++] = (float) (value / (squares == 0 ? 1 : Math.sqrt(squares)));
                }
            }
        }
        return new LabelledFeatures(
                FeatureMatrix.of(all, rows, dims + b.features().dims()), a.labels());
    }

    @Test
    void theTableHasMeanAndSpreadAndTheArticlesFigures() throws IOException {
        List<StudyResult> results = table.of(table.rows().get(0));
        double a = 100 * results.get(0).plain().mAP();
        double b = 100 * results.get(1).plain().mAP();
        String cell = String.format(java.util.Locale.ROOT, "%.1f ± %.1f", (a + b) / 2, Math.abs(a - b) / Math.sqrt(2));
        String markdown = Files.readString(whole.resolve("study.md"));
        assertThat(markdown).startsWith(table.markdown());
        assertThat(markdown.lines().toList().get(2)).contains("| " + cell + " |", "| 50.0 / – | – / 25.0 |");
        assertThat(markdown).contains("| too fast | diverged (step ");
    }

    @Test
    void thePageShowsEveryRow() throws IOException {
        String page = Files.readString(whole.resolve("study.html"));
        assertThat(page)
                .contains("<h3>global</h3>", "<h3>G+P2</h3>", "Cumulative matching", "Training loss", "G+P2, part-2")
                .contains("part-2, &quot;stripes&quot;", "diverged (step ")
                .doesNotContain("<script", "http://", "src=\"/");
    }

    @Test
    void progressRisesOverTheWholeStudy() {
        assertThat(PROGRESS).isSorted().endsWith(8L * STEPS);
    }

    @Test
    void aStudyThatStopsAndResumesIsTheSame() throws IOException {
        Path stopped = temp.resolve("stopped");
        int[] steps = {0};
        for (int stops = 0; ; stops++) {
            Study[] open = {null};
            StudyBuilder builder = builder(rows()).folder(stopped).resume(true).listener(state -> {
                if (++steps[0] % 7 == 0 && open[0] != null) {
                    open[0].requestStop();
                }
            });
            try (Study study = builder.open()) {
                open[0] = study;
                StudyTable sofar = study.run();
                if (study.isFinished()) {
                    assertThat(stops).isGreaterThan(1);
                    break;
                }
                assertThat(sofar.results()).hasSizeLessThan(8);
            }
        }
        assertThat(contents(stopped)).isEqualTo(contents(whole));
        try (Study again = builder(rows()).folder(stopped).resume(true).open()) {
            assertThat(again.isFinished()).isTrue();
            again.run();
        }
        assertThat(contents(stopped)).isEqualTo(contents(whole));
    }

    /** Returns all files of a study without what depends on time. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                String name = file.getFileName().toString();
                if (name.endsWith(".csv")) {
                    text = text.replaceAll(",[^,\n]*\n", "\n"); // seconds, images per second
                } else if (name.equals("study.md")) {
                    text = text.replaceAll("\\| [0-9.]+ (s|min|h) \\|", "");
                } else if (name.equals("study.html")) {
                    text = text.replaceAll("<td>[0-9.]+ (s|min|h)</td>", "");
                }
                contents.put(folder.relativize(file).toString(), text);
            }
        }
        return contents;
    }

    @Test
    void aFolderOfAnotherStudyIsRefused() throws IOException {
        assertThatThrownBy(() -> builder(rows()).folder(whole).open())
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("earlier study");
        assertThatThrownBy(() ->
                        builder(rows().subList(0, 2)).folder(whole).resume(true).open())
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("row 3 was \"too fast\", and is none now");
        List<StudyRow> others = rows().stream()
                .map(row -> row.withRecipes(r -> r.toBuilder().margin(0.7).build()))
                .toList();
        assertThatThrownBy(() -> builder(others).folder(whole).resume(true).open())
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("the row \"global\" has another spec, recipe, objective or start now");
        assertThatThrownBy(() -> builder(rows())
                        .seeds(List.of(5L))
                        .folder(whole)
                        .resume(true)
                        .open())
                .hasMessageContaining("seeds was [1,2], and is [5] now");
        try (Study open = builder(rows()).folder(whole).resume(true).open()) {
            assertThat(open.isFinished()).isTrue();
            assertThatThrownBy(() -> builder(rows()).folder(whole).resume(true).open())
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("is being written to");
        }
    }

    @Test
    void rowsThatCannotBeComparedAreRefused() {
        StudyRow row = rows().get(0);
        StudyRow other = StudyRow.of("other", row.networks().get(0));
        assertThatThrownBy(() -> builder(List.of(
                                row, other.withRecipes(r -> r.toBuilder().k(1).build())))
                        .open())
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("rows 'global' and 'other': k 2 and 1");
        assertThatThrownBy(() -> builder(List.of(
                                row, StudyRow.of("Global!", row.networks().get(0))))
                        .open())
                .hasMessageContaining("rows 'global' and 'Global!'");
        assertThatThrownBy(() -> builder(List.of()).open()).hasMessageContaining("at least one");
        assertThatThrownBy(() -> builder(rows()).seeds(List.of(1L, 1L)).open()).hasMessageContaining("twice");
        assertThatThrownBy(() ->
                        builder(rows()).reRanker(new ReRanker(5000, 6, 0.3)).open())
                .hasMessageContaining("needs 5000");
    }
}
