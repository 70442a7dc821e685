package io.github.mgn4j.report;

import static java.util.stream.Collectors.toCollection;

import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.Tsne;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ReidImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Features of a query set and a gallery laid out in a plane by {@link Tsne}. Immutable.
 *
 * @param points the points; those of {@code people} are last
 * @param people the people who are coloured
 * @param images number of images that the points were sampled from, without junk
 */
record EmbeddingMap(List<Point> points, List<Integer> people, int images) {
    /** Number of coloured people; more colours could not be told apart. */
    static final int MAX_PEOPLE = 12;
    /** Largest number of images of one coloured person. */
    private static final int MAX_EACH = 30;
    /** Largest number of images in total; a layout takes seconds. */
    private static final int MAX_POINTS = 800;

    EmbeddingMap {
        points = List.copyOf(points);
        people = List.copyOf(people);
    }

    /**
     * An image.
     *
     * @param query true for a query, false for a gallery image
     */
    record Point(double x, double y, int pid, boolean query) {}

    /** An image by its row in one of the sets. */
    private record Place(LabelledFeatures set, int row, boolean query) {
        int pid() {
            return set.labels().pid(row);
        }
    }

    /**
     * Lays out images of 12 people of the queries, spread evenly over their pids, with up to 30 images each, and evenly
     * spread images of other people up to a total of 800. Deterministic.
     *
     * @param metric with {@link DistanceMetric#COSINE} features are scaled to unit length
     * @throws io.github.mgn4j.eval.EvaluationException if there are fewer than four images
     */
    static EmbeddingMap of(LabelledFeatures query, LabelledFeatures gallery, DistanceMetric metric) {
        List<Place> all = new ArrayList<>();
        addPlaces(query, true, all);
        addPlaces(gallery, false, all);
        List<Integer> people = spread(
                List.copyOf(all.stream()
                        .filter(place -> place.query() && place.pid() != ReidImage.DISTRACTOR)
                        .map(Place::pid)
                        .collect(toCollection(TreeSet::new))),
                MAX_PEOPLE);
        List<Place> theirs = new ArrayList<>();
        for (int pid : people) {
            theirs.addAll(
                    spread(all.stream().filter(place -> place.pid() == pid).toList(), MAX_EACH));
        }
        Set<Integer> coloured = Set.copyOf(people);
        List<Place> shown = new ArrayList<>(spread(
                all.stream().filter(place -> !coloured.contains(place.pid())).toList(), MAX_POINTS - theirs.size()));
        shown.addAll(theirs);
        double[][] plane = lengthwise(new Tsne().layout(features(shown, metric)));
        List<Point> points = IntStream.range(0, plane.length)
                .mapToObj(i -> new Point(
                        plane[i][0],
                        plane[i][1],
                        shown.get(i).pid(),
                        shown.get(i).query()))
                .toList();
        return new EmbeddingMap(points, people, all.size());
    }

    /** Rotates the layout such that it is widest horizontally; t-SNE leaves its direction open. */
    private static double[][] lengthwise(double[][] plane) {
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (double[] point : plane) {
            xx += point[0] * point[0];
            xy += point[0] * point[1];
            yy += point[1] * point[1];
        }
        double angle = Math.atan2(2 * xy, xx - yy) / 2;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        return Arrays.stream(plane)
                .map(point -> new double[] {cos * point[0] + sin * point[1], cos * point[1] - sin * point[0]})
                .toArray(double[][]::new);
    }

    private static void addPlaces(LabelledFeatures set, boolean query, List<Place> all) {
        IntStream.range(0, set.labels().size())
                .filter(i -> !set.labels().isJunk(i))
                .forEach(i -> all.add(new Place(set, i, query)));
    }

    private static FeatureMatrix features(List<Place> places, DistanceMetric metric) {
        int dims = places.isEmpty() ? 1 : places.get(0).set().features().dims();
        float[] data = new float[places.size() * dims];
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            System.arraycopy(place.set().features().data(), place.row() * dims, data, i * dims, dims);
        }
        FeatureMatrix features = FeatureMatrix.of(data, places.size(), dims);
        return metric == DistanceMetric.COSINE ? features.normalized() : features;
    }

    /** Returns all elements, or {@code most} of them at even distances. */
    private static <T> List<T> spread(List<T> all, int max) {
        int count = Math.min(all.size(), max);
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }
}
