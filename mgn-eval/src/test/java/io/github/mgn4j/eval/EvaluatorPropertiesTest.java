package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Floats;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ReidImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for any features. */
class EvaluatorPropertiesTest {
    private static final int DIMS = 4;
    private static final Evaluator EVALUATOR = new Evaluator(DistanceMetric.EUCLIDEAN);

    /** One image: easier to add and to shuffle than three arrays. */
    private record Image(List<Float> feature, int pid, int camid) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void permutingTheGalleryChangesNothing(int seed) {
        Random random = new Random(seed);
        List<Image> query = images(random, 20, 1);
        List<Image> gallery = images(random, 80, -1);
        Evaluation before = evaluate(query, gallery);
        Collections.shuffle(gallery, random);
        Evaluation after = evaluate(query, gallery);
        assertThat(after.metrics()).isEqualTo(before.metrics());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void junkAndTwinsUnderTheSameCameraChangeNothing(int seed) {
        Random random = new Random(seed);
        List<Image> query = images(random, 1, 1);
        List<Image> gallery = images(random, 80, -1);
        gallery.add(new Image(feature(random), query.get(0).pid(), query.get(0).camid() + 1));
        QueryResult before = evaluate(query, gallery).results().get(0);
        for (int i = 0; i < 10; i++) {
            int at = random.nextInt(gallery.size());
            boolean junk = random.nextBoolean();
            gallery.add(
                    at,
                    new Image(
                            random.nextBoolean() ? query.get(0).feature() : feature(random),
                            junk ? ReidImage.JUNK : query.get(0).pid(),
                            query.get(0).camid()));
        }
        QueryResult after = evaluate(query, gallery).results().get(0);
        assertThat(after).usingRecursiveComparison().ignoringFields("top").isEqualTo(before);
        assertThat(after.top().stream().map(QueryResult.Ranked::distance))
                .isEqualTo(
                        before.top().stream().map(QueryResult.Ranked::distance).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aDistractorRaisesNothing(int seed) {
        Random random = new Random(seed);
        List<Image> query = images(random, 20, 1);
        List<Image> gallery = images(random, 60, -1);
        Evaluation before = evaluate(query, gallery);
        boolean lowered = false;
        for (int i = 0; i < 10; i++) {
            gallery.add(new Image(feature(random), ReidImage.DISTRACTOR, 1));
            Evaluation after = evaluate(query, gallery);
            for (int q = 0; q < query.size(); q++) {
                QueryResult old = before.results().get(q);
                QueryResult now = after.results().get(q);
                assertThat(now.matches()).isEqualTo(old.matches());
                assertThat(now.ap()).isLessThanOrEqualTo(old.ap());
                assertThat(now.apTrapezoid()).isLessThanOrEqualTo(old.apTrapezoid());
                assertThat(now.inp()).isLessThanOrEqualTo(old.inp());
                assertThat(now.firstHit()).isGreaterThanOrEqualTo(old.firstHit());
                lowered |= now.ap() < old.ap();
            }
            before = after;
        }
        assertThat(lowered).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theFiguresKeepTheirOrder(int seed) {
        Random random = new Random(seed);
        Evaluation evaluation = evaluate(images(random, 30, 1), images(random, 10 + 20 * seed, -1));
        List<Double> cmc = evaluation.metrics().cmc();
        for (int k = 1; k < cmc.size(); k++) {
            assertThat(cmc.get(k)).isBetween(cmc.get(k - 1), 1.0);
        }
        for (QueryResult result : evaluation.results()) {
            assertThat(result.apTrapezoid()).isLessThanOrEqualTo(result.ap()).isGreaterThanOrEqualTo(result.ap() / 2);
            assertThat(result.ap()).isBetween(0.0, 1.0);
            if (result.counted()) {
                assertThat(result.inp()).isBetween(Double.MIN_VALUE, 1.0);
                assertThat(result.ap() == 1).isEqualTo(result.inp() == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theCopyOfAQueryIsFoundFirst(int seed) {
        Random random = new Random(seed);
        List<Image> query = images(random, 20, 1);
        List<Image> gallery = images(random, 60, -1);
        query.forEach(image -> gallery.add(new Image(image.feature(), image.pid(), image.camid() + 1)));
        for (DistanceMetric metric : DistanceMetric.values()) {
            Evaluation evaluation = new Evaluator(metric).evaluate(set(query), set(gallery));
            assertThat(evaluation.metrics().rank1()).isEqualTo(1);
            assertThat(evaluation.results().get(3).top().get(0).distance()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void scalingAllFeaturesChangesNothing(int seed) {
        Random random = new Random(seed);
        List<Image> query = images(random, 20, 1);
        List<Image> gallery = images(random, 60, -1);
        ReidMetrics before = evaluate(query, gallery).metrics();
        ReidMetrics after = evaluate(scaled(query), scaled(gallery)).metrics();
        assertThat(after).isEqualTo(before);
        assertThat(after.mAP()).isCloseTo(before.mAP(), within(0.0));
    }

    private static List<Image> scaled(List<Image> images) {
        List<Image> scaled = new ArrayList<>();
        for (Image image : images) {
            List<Float> feature =
                    image.feature().stream().map(value -> 4 * value).toList();
            scaled.add(new Image(feature, image.pid(), image.camid()));
        }
        return scaled;
    }

    private static Evaluation evaluate(List<Image> query, List<Image> gallery) {
        return EVALUATOR.evaluate(set(query), set(gallery));
    }

    private static LabelledFeatures set(List<Image> images) {
        return new LabelledFeatures(
                FeatureMatrix.ofRows(images.stream()
                        .map(image -> Floats.toArray(image.feature()))
                        .toArray(float[][]::new)),
                images.stream().mapToInt(Image::pid).toArray(),
                images.stream().mapToInt(Image::camid).toArray());
    }

    private static List<Image> images(Random random, int count, int fromPid) {
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(new Image(feature(random), fromPid + random.nextInt(8 - fromPid), 1 + random.nextInt(4)));
        }
        return images;
    }

    private static List<Float> feature(Random random) {
        return Floats.asList(Fixtures.random(random, 1, DIMS, 0).row(0));
    }
}
