package io.github.mgn4j.gallery;

import io.github.mgn4j.gallery.PersonSearch.Found;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds the nearest people of one query: among those that an index has found, and all rows that it does not cover. */
final class ApproximatePeople {
    private final Queries query;
    private final View view;
    private final SearchOptions options;
    private final int covered;

    ApproximatePeople(Queries query, SearchOptions options, int covered) {
        this.query = query;
        this.options = options;
        this.covered = covered;
        view = query.view();
    }

    /**
     * Returns people at the distances of their nearest entries.
     *
     * @param entries what the index has found, nearest first
     */
    List<Found> byNearest(List<Found> entries) {
        List<Found> people = nearest(entries.stream());
        List<Found> later = later(options, options.k(), people);
        return later.isEmpty()
                ? people
                : nearest(Stream.concat(people.stream(), later.stream()).sorted(Found.NEAREST_FIRST));
    }

    private List<Found> nearest(Stream<Found> entries) {
        Set<Integer> seen = new HashSet<>();
        return entries.filter(entry -> seen.add(view.person(entry.row())))
                .limit(options.k())
                .toList();
    }

    /**
     * Returns people at the mean distances of their best entries, whether the index has found these or not.
     *
     * @param entries what the index has found
     */
    List<Found> byMean(List<Found> entries) {
        List<Found> people = means(persons(entries));
        Set<Integer> others = persons(later(options.people(), view.people(), people));
        others.removeAll(persons(people));
        return Stream.concat(people.stream(), means(others).stream())
                .sorted(Found.NEAREST_FIRST)
                .limit(options.k())
                .toList();
    }

    private Set<Integer> persons(List<Found> entries) {
        Set<Integer> persons = new HashSet<>();
        entries.forEach(entry -> persons.add(view.person(entry.row())));
        return persons;
    }

    private List<Found> means(Set<Integer> persons) {
        if (persons.isEmpty()) {
            return List.of();
        }
        boolean[] wanted = new boolean[view.people()];
        persons.forEach(person -> wanted[person] = true);
        Map<Integer, ExactBests> bests = new HashMap<>();
        Queries.Exact exact = query.exact(0);
        int[] rows = IntStream.range(0, view.rows())
                .parallel()
                .filter(row -> view.person(row) >= 0 && wanted[view.person(row)] && options.accepts(view, row))
                .toArray();
        for (int row : rows) {
            bests.computeIfAbsent(view.person(row), person -> new ExactBests(options.best()))
                    .offer(exact.square(row), row);
        }
        return bests.values().stream()
                .map(best -> best.found(query))
                .sorted(Found.NEAREST_FIRST)
                .toList();
    }

    /**
     * Returns the people of rows that the index does not cover, at the distances of their nearest entries.
     *
     * @param people who was found, nearest first; people farther than the k-th of them need not be returned
     */
    private List<Found> later(SearchOptions by, int most, List<Found> people) {
        if (covered == view.rows()) {
            return List.of();
        }
        double limit = people.size() < options.k()
                ? Double.POSITIVE_INFINITY
                : query.square(people.get(options.k() - 1).distance());
        return PersonSearch.nearestFrom(covered, query, by, most, limit);
    }
}
