package io.github.mgn4j.gallery;

import io.github.mgn4j.gallery.PersonSearch.Found;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Searches by an approximate index for one query: the candidates that it finds are compared exactly, and so are all rows that it does
 * not cover and whose projections do not rule them out. So distances and order are exact; what the index covers may be missing.
 */
final class ApproximateSearch {
    /** Fewest candidates. */
    private static final int FEWEST = 100;

    /** Most candidates per person, whose entries are near each other, as a multiple of those per entry. */
    private static final int PER_PERSON = 10;

    /** Candidates for each that is used, because projections order them otherwise. */
    private static final int MARGIN = 5;

    /** How many times more candidates are asked for if too few people are among them. */
    private static final int GROWTH = 4;

    private final Queries query;
    private final View view;
    private final SearchOptions options;
    private final Indexed indexed;
    private final int covered;

    ApproximateSearch(Queries query, SearchOptions options, Indexed indexed) {
        this.query = query;
        this.options = options;
        this.indexed = indexed;
        view = query.view();
        covered = Math.min(indexed.rows(), view.rows());
    }

    /** A row and its squared distance. */
    private record Near(int row, double square) {
        static final Comparator<Near> FIRST =
                Comparator.comparingDouble(Near::square).thenComparingInt(Near::row);
    }

    /** Returns the nearest rows, nearest first. */
    int[] nearest(int k) {
        List<Near> near = covered(Math.max(FEWEST, (long) k * indexed.overquery()));
        if (covered < view.rows()) {
            double limit =
                    near.size() < k ? Double.POSITIVE_INFINITY : near.get(k - 1).square();
            int[] later = EntrySearch.nearestFrom(covered, query, options, k, limit);
            near = Stream.concat(near.stream(), exact(later)).sorted(Near.FIRST).toList();
        }
        return near.stream().limit(k).mapToInt(Near::row).toArray();
    }

    /** Returns those of the covered rows that the index finds, nearest first. */
    private List<Near> covered(long wanted) {
        int[] found = indexed.index(view)
                .candidates(
                        query.features().row(0),
                        (int) Math.min(wanted, covered),
                        row -> row < covered && options.accepts(view, row));
        return exact(found).sorted(Near.FIRST).toList();
    }

    private Stream<Near> exact(int[] rows) {
        Queries.Exact exact = query.exact(0);
        return IntStream.of(rows).mapToObj(row -> new Near(row, exact.square(row)));
    }

    /** Returns the nearest people, nearest first. */
    List<Found> people() {
        ApproximatePeople people = new ApproximatePeople(query, options, covered);
        return options.best() <= 1 ? people.byNearest(entries(options.k())) : people.byMean(entries(2 * options.k()));
    }

    /** Returns covered entries that are nearest, so many that a number of people are among the first of them. */
    private List<Found> entries(int people) {
        long most = Math.max(FEWEST, (long) options.k() * Math.max(PER_PERSON, options.best()) * indexed.overquery());
        for (long wanted = Math.max(FEWEST, (long) MARGIN * people); ; wanted *= GROWTH) {
            List<Near> near = covered(Math.min(wanted, most));
            long first = near.stream()
                    .limit(near.size() / MARGIN)
                    .mapToInt(entry -> view.person(entry.row()))
                    .distinct()
                    .count();
            if (first >= people || wanted >= most || near.size() < wanted) {
                return near.stream()
                        .map(entry -> new Found(entry.row(), query.distance(entry.square())))
                        .toList();
            }
        }
    }
}
