package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Multi-query, query expansion and single-shot; the fixtures are made by tools/reference/protocols_reference.py. */
class ProtocolsTest {
    private final LabelledFeatures query = Fixtures.labelled("query");
    private final LabelledFeatures gallery = Fixtures.labelled("gallery");

    static JsonObject reference() throws IOException {
        return JsonParser.parseString(Files.readString(Fixtures.file("protocols.json")))
                .getAsJsonObject();
    }

    @Test
    void multiQueryTakesTheMeanOfThePersonUnderTheCamera() throws IOException {
        LabelledFeatures averaged = MultiQuery.average(query, gallery);
        assertThat(averaged.labels()).isSameAs(query.labels());
        check(averaged.features(), reference().getAsJsonArray("multi_query"));
        assertThat(averaged.features()).isNotEqualTo(query.features());
        LabelledFeatures unknown = new LabelledFeatures(
                query.features(),
                Labels.withoutCameras(IntStream.range(0, query.labels().size())
                        .map(query.labels()::pid)
                        .toArray()));
        assertThat(MultiQuery.average(unknown, gallery).features()).isEqualTo(query.features());
        assertThatThrownBy(() -> MultiQuery.average(
                        query, new LabelledFeatures(FeatureMatrix.ofRows(new float[3]), new int[1], new int[1])))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("query features have 12 dims, those of the other images 3");
    }

    @Test
    void expansionWeighsByTheCosine() throws IOException {
        FeatureMatrix expanded = new QueryExpansion(3, 2)
                .expand(query, gallery, DistanceMetric.COSINE)
                .features();
        check(expanded, reference().getAsJsonArray("expansion_3_2"));
    }

    /** Alpha 0: the plain mean; under the Euclidean metric of the features as they are. */
    @Test
    void expansionWithoutAlphaIsTheMean() {
        FeatureMatrix q = FeatureMatrix.ofRows(new float[] {2, 2});
        FeatureMatrix g = FeatureMatrix.ofRows(new float[] {9, 9}, new float[] {4, 2}, new float[] {3, 5});
        FeatureMatrix expanded = new QueryExpansion(2, 0).expand(q, g, DistanceMetric.EUCLIDEAN);
        assertThat(expanded).isEqualTo(FeatureMatrix.ofRows(new float[] {3, 3}));
    }

    @Test
    void expansionRefusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new QueryExpansion(0, 3)).hasMessage("neighbours is 0, must be at least 1");
        assertThatThrownBy(() -> new QueryExpansion(1, -1)).hasMessage("alpha is -1.0, must be 0 or more");
        assertThatThrownBy(() -> new QueryExpansion(1, Double.NaN)).hasMessageStartingWith("alpha is NaN");
        assertThatThrownBy(() -> new QueryExpansion(70, 3).expand(query, gallery, DistanceMetric.COSINE))
                .isInstanceOf(EvaluationException.class)
                .hasMessageMatching("neighbours is 70, but the gallery has only \\d+ images \\(junk left out\\)");
    }

    @Test
    void singleShotTendsToItsExpectation() throws IOException {
        SingleShot.Result result = new SingleShot(DistanceMetric.EUCLIDEAN, 20_000, 1).evaluate(query, gallery);
        JsonArray expected = reference().getAsJsonArray("single_shot");
        assertThat(result.cmc()).hasSize(expected.size());
        for (int k = 0; k < expected.size(); k++) {
            // The rates of 15 queries, of 20,000 trials each: a standard error below 0.001.
            assertThat(result.cmc().get(k)).isCloseTo(expected.get(k).getAsDouble(), within(5e-3));
        }
        ReidMetrics metrics =
                new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(query, gallery).metrics();
        assertThat(result.queries()).isEqualTo(metrics.queries());
        assertThat(result.queriesWithoutMatch()).isEqualTo(metrics.queriesWithoutMatch());
        assertThat(new SingleShot(DistanceMetric.EUCLIDEAN, 10, 1).evaluate(query, gallery))
                .isEqualTo(new SingleShot(DistanceMetric.EUCLIDEAN, 10, 1).evaluate(query, gallery))
                .isNotEqualTo(new SingleShot(DistanceMetric.EUCLIDEAN, 10, 2).evaluate(query, gallery));
    }

    /** Where everybody has one image there is nothing to draw. */
    @Test
    void singleShotOfSingleImagesIsTheCmc() {
        Random random = new Random(8);
        int[] people = IntStream.range(0, 70).toArray();
        int[] first = new int[70];
        int[] second = new int[70];
        Arrays.fill(second, 1);
        LabelledFeatures q = new LabelledFeatures(Fixtures.random(random, 70, 3, 4), people, first);
        LabelledFeatures g = new LabelledFeatures(Fixtures.random(random, 70, 3, 4), people, second);
        assertThat(new SingleShot(DistanceMetric.COSINE, 3, 0).evaluate(q, g).cmc())
                .isEqualTo(new Evaluator(DistanceMetric.COSINE)
                        .evaluate(q, g)
                        .metrics()
                        .cmc());
    }

    @Test
    void singleShotRefusesWhatItCannotDo() {
        assertThatThrownBy(() -> new SingleShot(DistanceMetric.EUCLIDEAN, 0, 1))
                .hasMessage("trials is 0, must be at least 1");
        FeatureMatrix one = FeatureMatrix.ofRows(new float[] {0});
        LabelledFeatures alone = new LabelledFeatures(one, new int[] {1}, new int[] {1});
        assertThatThrownBy(() -> new SingleShot(DistanceMetric.EUCLIDEAN, 1, 1).evaluate(alone, alone))
                .isInstanceOf(EvaluationException.class)
                .hasMessageStartingWith("none of the 1 queries has a true match among the 1 gallery images");
    }

    private static void check(FeatureMatrix found, JsonArray expected) {
        assertThat(found.rows()).isEqualTo(expected.size());
        for (int i = 0; i < found.rows(); i++) {
            for (int d = 0; d < found.dims(); d++) {
                assertThat((double) found.get(i, d))
                        .isCloseTo(expected.get(i).getAsJsonArray().get(d).getAsDouble(), within(2e-6));
            }
        }
    }
}
