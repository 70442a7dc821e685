package io.github.mgn4j.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The metrics for each pair of cameras: each camera's queries evaluated in each camera's gallery.
 *
 * @param queryCameras cameras of the queries, ascending
 * @param galleryCameras cameras of the gallery, ascending
 * @param cells metrics by query camera and gallery camera; empty where no query has a match
 */
public record CameraPairs(
        List<Integer> queryCameras, List<Integer> galleryCameras, List<List<Optional<ReidMetrics>>> cells) {
    public CameraPairs {
        queryCameras = List.copyOf(queryCameras);
        galleryCameras = List.copyOf(galleryCameras);
        cells = cells.stream().map(List::copyOf).toList();
    }

    /** Evaluates each pair of cameras. Images of an unknown camera are left out. */
    public static CameraPairs of(LabelledFeatures query, LabelledFeatures gallery, Evaluator evaluator) {
        List<Integer> from = cameras(query.labels());
        List<Integer> to = cameras(gallery.labels());
        List<List<Optional<ReidMetrics>>> cells = new ArrayList<>();
        List<LabelledFeatures> galleries =
                to.stream().map(camera -> of(gallery, camera)).toList();
        for (int camera : from) {
            LabelledFeatures queries = of(query, camera);
            cells.add(galleries.stream()
                    .map(entries -> metrics(queries, entries, evaluator))
                    .toList());
        }
        return new CameraPairs(from, to, cells);
    }

    private static Optional<ReidMetrics> metrics(
            LabelledFeatures query, LabelledFeatures gallery, Evaluator evaluator) {
        try {
            return Optional.of(evaluator.evaluate(query, gallery).metrics());
        } catch (EvaluationException e) {
            return Optional.empty(); // no match at all, as within one camera
        }
    }

    private static List<Integer> cameras(Labels labels) {
        return IntStream.range(0, labels.size())
                .map(labels::camid)
                .filter(camera -> camera >= 0)
                .sorted()
                .distinct()
                .boxed()
                .toList();
    }

    private static LabelledFeatures of(LabelledFeatures all, int camera) {
        int[] rows = IntStream.range(0, all.labels().size())
                .filter(i -> all.labels().camid(i) == camera)
                .toArray();
        return new LabelledFeatures(
                all.features().select(rows),
                IntStream.of(rows).map(all.labels()::pid).toArray(),
                IntStream.of(rows).map(all.labels()::camid).toArray());
    }
}
