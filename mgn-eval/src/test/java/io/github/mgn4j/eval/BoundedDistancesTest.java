package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Results are those of whole rows of exact distances, bit for bit, however near values are computed. */
class BoundedDistancesTest {
    private static final long SMALL = 1 << 20;

    /** Levels make ties, copies make duplicates in different blocks. */
    @ParameterizedTest
    @CsvSource({"0,40", "2,40", "3,3", "0,600"})
    void rankingsAreThoseOfWholeRows(int levels, int distinct) {
        Random random = new Random(7L * levels + distinct);
        FeatureMatrix some = Fixtures.random(random, distinct, 40, levels);
        LabelledFeatures query = set(random, some, 300, 1);
        LabelledFeatures gallery = set(random, some, 900, -1);
        for (DistanceMetric metric : DistanceMetric.values()) {
            Evaluation expected = new Evaluator(metric, 12)
                    .evaluate(
                            Distances.between(query.features(), gallery.features(), metric),
                            query.labels(),
                            gallery.labels());
            assertThat(new Evaluator(metric, 12).evaluate(query, gallery)).isEqualTo(expected);
            assertThat(new Evaluator(metric, 12, SMALL).evaluate(query, gallery))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void wrongProductsChangeNothing(Precision precision) {
        Random random = new Random(3);
        FeatureMatrix some = Fixtures.random(random, 60, 90, 3);
        LabelledFeatures query = set(random, some, 50, 1);
        LabelledFeatures gallery = set(random, some, 500, 0);
        Candidates candidates = Candidates.of(gallery);
        BoundedDistances loose = BlockedSquaredDistances.between(
                Rows.of(query.features()),
                Rows.of(gallery.features()),
                BlockShape.DEFAULT_BYTES,
                new LooseProducts.Opening(precision));
        BoundedDistances exact = BlockedSquaredDistances.between(
                Rows.of(query.features()), Rows.of(gallery.features()), BlockShape.DEFAULT_BYTES, null);
        List<QueryResult> results = new RankScan(loose, query.labels(), candidates, false, 15).run();
        assertThat(results).isEqualTo(new RankScan(exact, query.labels(), candidates, false, 15).run());
    }

    @Test
    void sharperProductsAreTakenOnlyWhereRoundingLeavesMuchOpen() {
        FeatureMatrix people = Fixtures.random(new Random(5), 40, 64, 0);
        int[] pids = IntStream.range(0, 80).map(i -> i / 2).toArray();
        LabelledFeatures alike = new LabelledFeatures(people.select(pids), Labels.withoutCameras(pids));
        assertThat(sharpened(alike, alike))
                .as("a person's features are the same")
                .isZero();
        LabelledFeatures mixed = set(new Random(6), people, 80, 0);
        assertThat(sharpened(mixed, mixed)).as("labels at random").isEqualTo(1);
    }

    /** Returns how often a ranking asks for sharper distances than those of bfloat16. */
    private static int sharpened(LabelledFeatures query, LabelledFeatures gallery) {
        BoundedDistances rounded = BlockedSquaredDistances.between(
                Rows.of(query.features()),
                Rows.of(gallery.features()),
                SMALL,
                new LooseProducts.Opening(Precision.BF16));
        AtomicInteger calls = new AtomicInteger();
        BoundedDistances watched = (BoundedDistances) Proxy.newProxyInstance(
                BoundedDistances.class.getClassLoader(),
                new Class<?>[] {BoundedDistances.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("sharp")) {
                        calls.incrementAndGet();
                    }
                    return method.invoke(rounded, args);
                });
        new RankScan(watched, query.labels(), Candidates.of(gallery), false, 5).run();
        return calls.get();
    }

    @ParameterizedTest
    @CsvSource({"20,6,0.3", "5,1,0", "1,3,1", "30,30,0.9"})
    void reRankedRankingsAreThoseOfWholeRows(int k1, int k2, double lambda) {
        Random random = new Random(k1);
        FeatureMatrix some = Fixtures.random(random, 200, 8, 0);
        LabelledFeatures query = set(random, some, 150, 1);
        LabelledFeatures gallery = set(random, some, 700, 0);
        ReRanker reRanker = new ReRanker(k1, k2, lambda);
        for (DistanceMetric metric : DistanceMetric.values()) {
            Evaluation expected = new Evaluator(metric)
                    .evaluate(
                            reRanker.reRank(query.features(), gallery.features(), metric),
                            query.labels(),
                            gallery.labels());
            assertThat(new Evaluator(metric).evaluate(query, gallery, reRanker)).isEqualTo(expected);
            assertThat(new Evaluator(metric, 10, SMALL).evaluate(query, gallery, reRanker))
                    .isEqualTo(expected);
        }
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws Exception {
        Random random = new Random(9);
        FeatureMatrix some = Fixtures.random(random, 300, 20, 0);
        LabelledFeatures query = set(random, some, 200, 1);
        LabelledFeatures gallery = set(random, some, 800, -1);
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN, 10, SMALL);
        Verifier verifier = new Verifier(DistanceMetric.EUCLIDEAN, 20, 0.9, 4, SMALL);
        SingleShot singleShot = new SingleShot(DistanceMetric.EUCLIDEAN, 5, 6);
        ForkJoinPool one = new ForkJoinPool(1);
        ForkJoinPool many = new ForkJoinPool(5);
        try {
            for (int run = 0; run < 3; run++) {
                assertThat(many.submit(() -> evaluator.evaluate(query, gallery)).get())
                        .isEqualTo(one.submit(() -> evaluator.evaluate(query, gallery))
                                .get());
                assertThat(many.submit(() -> evaluator.evaluate(query, gallery, ReRanker.STANDARD))
                                .get())
                        .isEqualTo(one.submit(() -> evaluator.evaluate(query, gallery, ReRanker.STANDARD))
                                .get());
                assertThat(many.submit(() -> verifier.verify(query, gallery)).get())
                        .isEqualTo(one.submit(() -> verifier.verify(query, gallery))
                                .get());
                assertThat(many.submit(() -> singleShot.evaluate(query, gallery))
                                .get())
                        .isEqualTo(one.submit(() -> singleShot.evaluate(query, gallery))
                                .get());
            }
        } finally {
            one.shutdown();
            many.shutdown();
        }
    }

    @Test
    void aSetAgainstItselfLeavesJunkOutOfTheGalleryOnly() {
        Random random = new Random(2);
        FeatureMatrix features = Fixtures.random(random, 30, 4, 0);
        int[] pids = IntStream.range(0, 30).map(i -> i % 5 == 0 ? -1 : i % 3).toArray();
        LabelledFeatures all = new LabelledFeatures(features, Labels.withoutCameras(pids));
        Evaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN, 30).evaluate(all);
        for (QueryResult result : evaluation.results()) {
            assertThat(result.top().stream().map(QueryResult.Ranked::gallery))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 30)
                            .filter(j -> pids[j] != -1 && j != result.query())
                            .boxed()
                            .toList());
        }
    }

    private static LabelledFeatures set(Random random, FeatureMatrix some, int size, int fromPid) {
        return new LabelledFeatures(
                some.select(Fixtures.ints(random, size, 0, some.rows())),
                Fixtures.ints(random, size, fromPid, 9),
                Fixtures.ints(random, size, 1, 4));
    }
}
