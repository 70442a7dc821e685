package io.github.mgn4j.report;

import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.image.ReidImage;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A query and its nearest gallery images, nearest first.
 *
 * @param ap the query's average precision
 * @param firstHit rank of the first image of the same person
 */
record RankedGallery(ReidImage query, double ap, int firstHit, List<Entry> entries) {
    RankedGallery {
        entries = List.copyOf(entries);
    }

    /**
     * A gallery image in the list.
     *
     * @param match whether it shows the person of the query
     */
    record Entry(ReidImage image, double distance, boolean match) {}

    /** Returns the camera as shown under an image; empty if unknown. */
    static String camera(ReidImage image) {
        return image.camid() < 0 ? "" : "cam " + image.camid();
    }

    /** Returns the query's image and those of the list. */
    Stream<ReidImage> images() {
        return Stream.concat(Stream.of(query), entries.stream().map(Entry::image));
    }

    /**
     * Returns the queries with the highest average precision, at most one per person.
     *
     * @param queries image of each query of the evaluation
     * @param gallery image of each gallery entry
     */
    static List<RankedGallery> best(
            Evaluation evaluation, List<ReidImage> queries, List<ReidImage> gallery, int count) {
        Comparator<QueryResult> order = Comparator.comparingDouble(QueryResult::ap)
                .thenComparing(QueryResult::matches)
                .reversed();
        return select(evaluation, queries, gallery, count, order);
    }

    /** Returns the queries with the lowest average precision, at most one per person; see {@link #best}. */
    static List<RankedGallery> worst(
            Evaluation evaluation, List<ReidImage> queries, List<ReidImage> gallery, int count) {
        return select(evaluation, queries, gallery, count, Comparator.comparingDouble(QueryResult::ap));
    }

    private static List<RankedGallery> select(
            Evaluation evaluation,
            List<ReidImage> queries,
            List<ReidImage> gallery,
            int count,
            Comparator<QueryResult> order) {
        Set<Integer> seen = new HashSet<>();
        return evaluation.results().stream()
                .filter(QueryResult::counted)
                .sorted(order.thenComparing(QueryResult::query))
                .filter(result -> seen.add(queries.get(result.query()).pid()))
                .limit(count)
                .map(result -> of(result, queries, gallery))
                .toList();
    }

    /** Returns the list of a query's result. */
    static RankedGallery of(QueryResult result, List<ReidImage> queries, List<ReidImage> gallery) {
        ReidImage query = queries.get(result.query());
        List<Entry> entries = result.top().stream()
                .map(ranked -> {
                    ReidImage image = gallery.get(ranked.gallery());
                    return new Entry(image, ranked.distance(), image.pid() == query.pid());
                })
                .toList();
        return new RankedGallery(query, result.ap(), result.firstHit(), entries);
    }
}
