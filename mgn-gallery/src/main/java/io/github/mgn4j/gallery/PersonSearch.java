package io.github.mgn4j.gallery;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the nearest people of each query. The distance of a person is the mean distance of its best entries. Near values bound the
 * distance of every person; exact ones decide among those who may be among the nearest.
 */
final class PersonSearch {
    /** Near values in memory at the same time. */
    private static final int VALUES = 1 << 24;

    private final Queries queries;
    private final View view;
    private final SearchOptions options;
    private final int query;
    private final int best;
    private final float tolerance;
    private final int first;

    /** Creates a search of the rows from one on. */
    private PersonSearch(Queries queries, SearchOptions options, int query, float tolerance, int first) {
        this.queries = queries;
        this.first = first;
        this.options = options;
        this.query = query;
        this.tolerance = tolerance;
        view = queries.view();
        best = options.best();
    }

    /**
     * A person that was found.
     *
     * @param row its nearest entry
     */
    record Found(int row, double distance) {
        static final Comparator<Found> NEAREST_FIRST =
                Comparator.comparingDouble(Found::distance).thenComparingInt(Found::row);
    }

    /** Searches; each query has options for people. */
    static List<List<Found>> nearest(Queries queries, List<SearchOptions> options) {
        View view = queries.view();
        List<List<Found>> found = new ArrayList<>();
        int group = Math.max(1, VALUES / Math.max(1, view.rows()));
        for (int first = 0; first < queries.count(); first += group) {
            Queries some = queries.part(first, Math.min(queries.count(), first + group));
            found.addAll(search(some, options.subList(first, first + some.count())));
        }
        return found;
    }

    private static List<List<Found>> search(Queries queries, List<SearchOptions> options) {
        if (PrunedScan.suits(queries, options.get(0))) {
            int k = options.get(0).k();
            return List.of(nearestFrom(0, queries, options.get(0), k, Double.POSITIVE_INFINITY));
        }
        NearScan scan = NearScan.of(queries);
        float[][] near = new float[queries.count()][queries.view().rows()];
        scan.run((q, from, width, values) -> System.arraycopy(values, 0, near[q], from, width));
        return IntStream.range(0, near.length)
                .parallel()
                .mapToObj(q -> new PersonSearch(queries, options.get(q), q, scan.tolerance(q), 0)
                        .settle(near[q], options.get(q).k()))
                .toList();
    }

    /**
     * Searches the rows from one on for one query, whose options are not for a mean of several entries.
     *
     * @param limit squared distance above which people need not be found
     */
    static List<Found> nearestFrom(int first, Queries query, SearchOptions options, int k, double limit) {
        PrunedScan scan = new PrunedScan(query, first);
        float[] near = scan.run(options, k, limit);
        return new PersonSearch(query, options, 0, scan.tolerance(), scan.first()).settle(near, k);
    }

    private List<Found> settle(float[] near, int k) {
        int people = view.people();
        Bests bests = new Bests(people, best);
        for (int i = 0; i < near.length; i++) {
            int person = view.person(first + i);
            if (person >= 0 && near[i] < bests.limit(person) && options.accepts(view, first + i)) {
                bests.offer(person, near[i]);
            }
        }
        double[] upper = new double[people];
        double[] lower = new double[people];
        for (int p = 0; p < people; p++) {
            upper[p] = bests.mean(p, value -> queries.distance(value + (double) tolerance));
            lower[p] = bests.mean(p, value -> queries.distance(Math.max(0, value - (double) tolerance)));
        }
        double limit = smallest(upper, k);
        return exact(near, bests, lower, limit).limit(k).toList();
    }

    /** Returns the k-th smallest value; infinity if there are fewer. */
    private static double smallest(double[] values, int k) {
        if (k > values.length) {
            return Double.POSITIVE_INFINITY;
        }
        NearestQueue queue = new NearestQueue(k);
        for (int i = 0; i < values.length; i++) {
            queue.offer(values[i], i);
        }
        return queue.sort().distance(k - 1);
    }

    private Stream<Found> exact(float[] near, Bests bests, double[] lower, double limit) {
        int[] places = new int[lower.length];
        Arrays.fill(places, -1);
        List<ExactBests> candidates = new ArrayList<>();
        for (int p = 0; p < lower.length; p++) {
            // A margin for the rounding of the means.
            if (lower[p] < Double.POSITIVE_INFINITY && lower[p] * (1 - 1e-12) <= limit) {
                places[p] = candidates.size();
                candidates.add(new ExactBests(best));
            }
        }
        Queries.Exact exact = queries.exact(query);
        for (int i = 0; i < near.length; i++) {
            int row = first + i;
            int person = view.person(row);
            if (person >= 0
                    && places[person] >= 0
                    && near[i] <= Math.nextUp((float) (bests.farthest(person) + 2.0 * tolerance))
                    && options.accepts(view, row)) {
                candidates.get(places[person]).offer(exact.square(row), row);
            }
        }
        return candidates.stream().map(candidate -> candidate.found(queries)).sorted(Found.NEAREST_FIRST);
    }

    /** The smallest near values of every person. */
    private static final class Bests {
        private final int count;
        private final float[] values;

        Bests(int people, int count) {
            this.count = count;
            values = new float[Math.multiplyExact(people, count)];
            Arrays.fill(values, Float.POSITIVE_INFINITY);
        }

        float limit(int person) {
            return values[(person + 1) * count - 1];
        }

        void offer(int person, float value) {
            int at = (person + 1) * count - 1;
            for (; at > person * count && values[at - 1] > value; at--) {
                values[at] = values[at - 1];
            }
            values[at] = value;
        }

        /** Returns the mean over the values that there are; infinity if there is none. */
        double mean(int person, java.util.function.DoubleUnaryOperator distance) {
            double sum = 0;
            int n = 0;
            for (int i = person * count; i < (person + 1) * count && values[i] < Float.POSITIVE_INFINITY; i++) {
                sum += distance.applyAsDouble(values[i]);
                n++;
            }
            return n == 0 ? Double.POSITIVE_INFINITY : sum / n;
        }

        float farthest(int person) {
            return limit(person);
        }
    }
}
