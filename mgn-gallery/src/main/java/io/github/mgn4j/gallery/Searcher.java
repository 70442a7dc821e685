package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.verify.Comparison;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers the queries of one call from one view. */
final class Searcher {
    private final View view;
    private final Queries queries;
    private final List<SearchOptions> options;
    private final DistanceMetric metric;

    Searcher(View view, FeatureMatrix features, List<SearchOptions> options, DistanceMetric metric) {
        this.view = view;
        this.options = options;
        this.metric = metric;
        queries = new Queries(view, Features.stored(features, view.features().dims(), metric, "the query"), metric);
        options.forEach(this::checkOptions);
    }

    private void checkOptions(SearchOptions each) {
        VerificationThresholds thresholds = each.thresholds();
        check(
                thresholds == null || thresholds.metric() == metric,
                "the thresholds are for %s distances, the gallery's are %s",
                thresholds == null ? "" : thresholds.metric(),
                metric);
        check(
                each.reRanker() == null || each.best() <= 1,
                "people are re-ranked by their nearest entry, not by the mean of their best %d",
                each.best());
    }

    List<List<GalleryHit>> run() {
        boolean byPeople = options.stream().anyMatch(Searcher::isByPeople);
        if (byPeople && !options.stream().allMatch(Searcher::isByPeople)) {
            return IntStream.range(0, options.size())
                    .mapToObj(q -> new Searcher(
                                    view, queries.part(q, q + 1).features(), options.subList(q, q + 1), metric)
                            .run()
                            .get(0))
                    .toList();
        }
        return byPeople ? people() : entries();
    }

    /** Returns whether people are found by themselves, rather than as owners of re-ranked entries. */
    private static boolean isByPeople(SearchOptions options) {
        return options.isForPeople() && options.reRanker() == null;
    }

    /** Returns the index if every query may use it. */
    private @Nullable Indexed indexed() {
        return options.stream().noneMatch(SearchOptions::isExact) ? view.indexed() : null;
    }

    private ApproximateSearch approximate(int query, Indexed indexed) {
        return new ApproximateSearch(queries.part(query, query + 1), options.get(query), indexed);
    }

    private List<List<PersonSearch.Found>> foundPeople() {
        Indexed indexed = indexed();
        return indexed == null
                ? PersonSearch.nearest(queries, options)
                : IntStream.range(0, queries.count())
                        .parallel()
                        .mapToObj(q -> approximate(q, indexed).people())
                        .toList();
    }

    private int[][] foundEntries(int[] counts) {
        Indexed indexed = indexed();
        return indexed == null
                ? EntrySearch.nearest(queries, options, counts)
                : IntStream.range(0, queries.count())
                        .parallel()
                        .mapToObj(q -> approximate(q, indexed).nearest(counts[q]))
                        .toArray(int[][]::new);
    }

    private List<List<GalleryHit>> people() {
        List<List<GalleryHit>> hits = new ArrayList<>();
        List<List<PersonSearch.Found>> found = foundPeople();
        for (int q = 0; q < queries.count(); q++) {
            SearchOptions each = options.get(q);
            hits.add(found.get(q).stream()
                    .map(person -> hit(person.row(), person.distance(), null, each))
                    .toList());
        }
        return hits;
    }

    private List<List<GalleryHit>> entries() {
        int[] counts = options.stream()
                .mapToInt(each -> Math.max(each.k(), each.candidates()))
                .toArray();
        int[][] rows = foundEntries(counts);
        return IntStream.range(0, rows.length)
                .parallel()
                .mapToObj(q -> options.get(q).reRanker() == null ? plain(q, rows[q]) : reRanked(q, rows[q]))
                .toList();
    }

    private List<GalleryHit> plain(int query, int[] rows) {
        Queries.Exact exact = queries.exact(query);
        SearchOptions each = options.get(query);
        return IntStream.of(rows)
                .mapToObj(row -> hit(row, queries.distance(exact.square(row)), null, each))
                .toList();
    }

    private List<GalleryHit> reRanked(int query, int[] rows) {
        SearchOptions each = options.get(query);
        ReRanker standard = each.reRanker();
        List<GalleryHit> hits = plain(query, rows);
        if (standard == null || rows.length < 2) {
            return hits;
        }
        float[][] features = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            features[i] = view.read(rows[i]);
        }
        double[][] distances = new double[1][rows.length];
        new ReRanker(Math.min(standard.k1(), rows.length), Math.min(standard.k2(), rows.length), standard.lambda())
                .reRank(queries.part(query, query + 1).features(), FeatureMatrix.ofRows(features), metric)
                .compute(0, distances);
        Set<Integer> seen = new HashSet<>();
        return IntStream.range(0, rows.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> distances[0][i]))
                .map(i -> hit(rows[i], hits.get(i).distance(), distances[0][i], each))
                .filter(hit -> !each.isForPeople() || seen.add(hit.entry().pid()))
                .limit(each.k())
                .toList();
    }

    private GalleryHit hit(int row, double distance, @Nullable Double reRanked, SearchOptions each) {
        Threshold threshold = each.threshold();
        return new GalleryHit(
                view.chunk(row).id(row % EntryChunk.ROWS),
                view.entry(row),
                distance,
                reRanked,
                threshold == null
                        ? null
                        : new Comparison(
                                distance, threshold.distance(), OptionalDouble.of(threshold.falseAcceptRate())));
    }
}
