package io.github.mgn4j.gallery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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

    private PersonSearch(Queries queries, SearchOptions options, int query, float tolerance) {
        this.queries = queries;
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
    record Found(int row, double distance) {}

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
            PrunedScan scan = new PrunedScan(queries);
            float[] near = scan.run(options.get(0), options.get(0).k());
            return List.of(new PersonSearch(queries, options.get(0), 0, scan.tolerance()).settle(near));
        }
        NearScan scan = NearScan.of(queries);
        float[][] near = new float[queries.count()][queries.view().rows()];
        scan.run((q, from, width, values) -> System.arraycopy(values, 0, near[q], from, width));
        return IntStream.range(0, near.length)
                .parallel()
                .mapToObj(q -> new PersonSearch(queries, options.get(q), q, scan.tolerance(q)).settle(near[q]))
                .toList();
    }

    private List<Found> settle(float[] near) {
        int people = view.people();
        Bests bests = new Bests(people, best);
        for (int row = 0; row < near.length; row++) {
            int person = person(row);
            if (person >= 0 && near[row] < bests.limit(person) && options.accepts(view, row)) {
                bests.offer(person, near[row]);
            }
        }
        double[] upper = new double[people];
        double[] lower = new double[people];
        for (int p = 0; p < people; p++) {
            upper[p] = bests.mean(p, value -> queries.distance(value + (double) tolerance));
            lower[p] = bests.mean(p, value -> queries.distance(Math.max(0, value - (double) tolerance)));
        }
        double limit = smallest(upper, options.k());
        return exact(near, bests, lower, limit);
    }

    private int person(int row) {
        return view.chunk(row).person(row % EntryChunk.ROWS);
    }

    private static double smallest(double[] values, int k) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return k <= sorted.length ? sorted[k - 1] : Double.POSITIVE_INFINITY;
    }

    private List<Found> exact(float[] near, Bests bests, double[] lower, double limit) {
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
        for (int row = 0; row < near.length; row++) {
            int person = person(row);
            if (person >= 0
                    && places[person] >= 0
                    && near[row] <= Math.nextUp((float) (bests.farthest(person) + 2.0 * tolerance))
                    && options.accepts(view, row)) {
                candidates.get(places[person]).offer(exact.square(row), row);
            }
        }
        return candidates.stream()
                .map(candidate -> candidate.found(queries))
                .sorted(Comparator.comparingDouble(Found::distance).thenComparingInt(Found::row))
                .limit(options.k())
                .toList();
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

    /** The nearest entries of one person by exact distance. */
    private static final class ExactBests {
        private final double[] squares;
        private int size;
        private int nearest = -1;
        private double nearestSquare = Double.POSITIVE_INFINITY;

        ExactBests(int count) {
            squares = new double[count];
        }

        void offer(double square, int row) {
            if (square < nearestSquare) {
                nearestSquare = square;
                nearest = row;
            }
            if (size == squares.length && square >= squares[size - 1]) {
                return;
            }
            int at = size < squares.length ? size++ : size - 1;
            for (; at > 0 && squares[at - 1] > square; at--) {
                squares[at] = squares[at - 1];
            }
            squares[at] = square;
        }

        Found found(Queries queries) {
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += queries.distance(squares[i]);
            }
            return new Found(nearest, sum / size);
        }
    }
}
