package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Bootstrap intervals of rank-1 and mAP: how far they would vary with other people. Percentile intervals over the
 * people in the queries, who are drawn with replacement together with all their queries. The gallery is not resampled.
 *
 * @param confidence fraction of the draws inside an interval, such as 0.95
 * @param rank1 interval of rank-1
 * @param mAP interval of mAP
 */
public record MetricIntervals(double confidence, Interval rank1, Interval mAP) {
    /**
     * Computes the intervals of an evaluation.
     *
     * @param evaluation the evaluation
     * @param queries labels of its queries
     * @param resamples number of draws, at least 1
     * @param confidence between 0 and 1
     * @param seed seed of the draws; the same seed gives the same intervals
     */
    public static MetricIntervals of(
            Evaluation evaluation, Labels queries, int resamples, double confidence, long seed) {
        check(resamples >= 1, "resamples is %d, must be at least 1", resamples);
        check(confidence > 0 && confidence < 1, "confidence is %s, must lie between 0 and 1", confidence);
        List<Person> people = people(evaluation, queries);
        double[][] draws = IntStream.range(0, resamples)
                .parallel()
                .mapToObj(draw -> draw(people, new SplittableRandom(seed ^ 0xD1342543DE82EF95L * (draw + 1))))
                .toArray(double[][]::new);
        return new MetricIntervals(confidence, interval(draws, 0, confidence), interval(draws, 1, confidence));
    }

    /**
     * One person's queries that have a match: their number, their hits at rank 1, and the sum of their average
     * precisions.
     */
    private static final class Person {
        private int queries;
        private int hits;
        private double precisions;
    }

    private static List<Person> people(Evaluation evaluation, Labels queries) {
        Map<Integer, Person> people = new HashMap<>();
        for (QueryResult result : evaluation.results()) {
            if (result.counted()) {
                Person person = people.computeIfAbsent(queries.pid(result.query()), pid -> new Person());
                person.queries++;
                person.hits += result.firstHit() == 1 ? 1 : 0;
                person.precisions += result.ap();
            }
        }
        return List.copyOf(people.values());
    }

    private static double[] draw(List<Person> people, SplittableRandom random) {
        double hits = 0;
        double precisions = 0;
        long queries = 0;
        for (int i = 0; i < people.size(); i++) {
            Person person = people.get(random.nextInt(people.size()));
            hits += person.hits;
            precisions += person.precisions;
            queries += person.queries;
        }
        return new double[] {hits / queries, precisions / queries};
    }

    private static Interval interval(double[][] draws, int figure, double confidence) {
        double[] sorted =
                Arrays.stream(draws).mapToDouble(draw -> draw[figure]).sorted().toArray();
        return new Interval(
                Verifier.quantile(sorted, (1 - confidence) / 2), Verifier.quantile(sorted, (1 + confidence) / 2));
    }
}
