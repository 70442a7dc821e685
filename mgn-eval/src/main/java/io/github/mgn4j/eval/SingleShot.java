package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.DistanceMetric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The classic protocol of CUHK03 (Li et al., CVPR 2014): in each trial the gallery holds one random image of every
 * person, and a query's rank is that of its match among the people. As in common toolkits, the images are drawn for
 * each query after junk and the query's person under the query's camera are removed. Entries at the same distance keep
 * the gallery's order.
 *
 * <p>A query's draws depend only on the seed and the query's index. Immutable and thread-safe.
 *
 * @param metric the distance metric
 * @param trials number of random galleries for each query; the original uses 100
 * @param seed seed of the draws
 */
public record SingleShot(DistanceMetric metric, int trials, long seed) {
    /**
     * Checks the settings.
     *
     * @throws EvaluationException if {@code trials} is below 1
     */
    public SingleShot {
        check(trials >= 1, "trials is %d, must be at least 1", trials);
    }

    /**
     * The result of the protocol.
     *
     * @param queries number of queries with at least one true match
     * @param queriesWithoutMatch number of the other queries, which are not counted
     * @param cmc at index k, the fraction of queries and trials whose match is at rank k + 1 or better; 50 entries, or
     *     the number of people in the gallery if that is smaller
     */
    public record Result(int queries, int queriesWithoutMatch, List<Double> cmc) {
        public Result {
            cmc = List.copyOf(cmc);
        }

        /** Returns the fraction matched among the first {@code k}. Beyond the curve it is the curve's last value. */
        public double rank(int k) {
            check(k >= 1, "rank is %d, must be at least 1", k);
            return cmc.get(Math.min(k, cmc.size()) - 1);
        }
    }

    /**
     * Runs the trials.
     *
     * @throws EvaluationException if the dims differ, or no query has a match
     */
    public Result evaluate(LabelledFeatures query, LabelledFeatures gallery) {
        Candidates candidates = Candidates.of(gallery);
        Distances distances = new BoundedFeatureDistances(
                Rows.of(query.features()), candidates.features(), metric, BlockShape.DEFAULT_BYTES, null);
        int[][] people = new TreeMap<>(candidates.labels().byPid()).values().toArray(int[][]::new);
        Map<Integer, int[]> entriesOf = candidates.labels().byPid();
        int[] curve = new int[Math.max(1, Math.min(ReidMetrics.RANKS, people.length))];
        int[] counted = {0};
        QueryBlocks.forEachRow(distances, (q, row) -> {
            int pid = query.labels().pid(q);
            int[] matches = IntStream.of(entriesOf.getOrDefault(pid, new int[0]))
                    .filter(j -> !candidates.labels().sameView(j, query.labels(), q))
                    .toArray();
            if (matches.length == 0) {
                return;
            }
            int[][] others = Arrays.stream(people)
                    .filter(entries -> candidates.labels().pid(entries[0]) != pid)
                    .toArray(int[][]::new);
            int[] ranks = ranks(q, row, matches, others);
            synchronized (curve) {
                counted[0]++;
                IntStream.of(ranks).filter(rank -> rank < curve.length).forEach(rank -> curve[rank]++);
            }
        });
        check(
                counted[0] > 0,
                "none of the %d queries has a true match among the %d gallery images"
                        + " (same person, another camera, not junk)",
                query.labels().size(),
                gallery.labels().size());
        Arrays.parallelPrefix(curve, Integer::sum);
        double all = (double) trials * counted[0];
        return new Result(
                counted[0],
                query.labels().size() - counted[0],
                IntStream.of(curve).mapToObj(hits -> hits / all).toList());
    }

    /** Returns the number of people nearer than the match in each trial. */
    private int[] ranks(int query, double[] row, int[] matches, int[][] others) {
        SplittableRandom random = new SplittableRandom(seed ^ 0xD1342543DE82EF95L * (query + 1));
        int[] ranks = new int[trials];
        for (int t = 0; t < trials; t++) {
            int match = matches[random.nextInt(matches.length)];
            for (int[] entries : others) {
                int other = entries[random.nextInt(entries.length)];
                if (row[other] < row[match] || (row[other] == row[match] && other < match)) {
                    ranks[t]++;
                }
            }
        }
        return ranks;
    }
}
