package io.github.mgn4j.spark;

import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ReidImage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Row;

/** A block of queries as executors need it. */
final class QueryBlock implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[][] features;
    private final int[] pids;
    private final int[] camids;
    private final String firstPath;
    private final String model;

    private QueryBlock(List<FeatureRow> rows) {
        features = rows.stream().map(FeatureRow::features).toArray(float[][]::new);
        pids = rows.stream().mapToInt(QueryBlock::pid).toArray();
        camids = rows.stream().mapToInt(QueryBlock::camid).toArray();
        firstPath = rows.get(0).path();
        model = rows.get(0).model();
    }

    /**
     * Creates a block.
     *
     * @throws EvaluationException if a row has no pid
     */
    static QueryBlock of(List<FeatureRow> rows) {
        return new QueryBlock(rows);
    }

    int size() {
        return pids.length;
    }

    FeatureMatrix matrix() {
        return FeatureMatrix.ofRows(features);
    }

    static int pid(FeatureRow row) {
        Integer pid = row.pid();
        if (pid == null) {
            throw new EvaluationException(row.path() + " has no pid, evaluation needs one for every image");
        }
        return pid;
    }

    private static int camid(FeatureRow row) {
        Integer camid = row.camid();
        return camid == null ? ReidImage.UNKNOWN_CAMERA : camid;
    }

    /** Returns the row, of the same model and dims as the queries. */
    FeatureRow read(Row row) {
        FeatureRow entry = FeatureRow.of(row);
        entry.checkLike(firstPath, features[0].length, model);
        return entry;
    }

    /** Returns whether an entry is another person's, who is not junk. */
    boolean isOther(int query, int pid) {
        return pid != ReidImage.JUNK && pid != pids[query];
    }

    /** Finds the true matches among rows of the gallery: the same person, not under the same known camera, not junk. */
    Iterator<Match> matches(Iterator<Row> rows, DistanceMetric metric) {
        Map<Integer, List<Integer>> byPid = new HashMap<>();
        for (int q = 0; q < size(); q++) {
            byPid.computeIfAbsent(pids[q], pid -> new ArrayList<>()).add(q);
        }
        Iterable<Row> all = () -> rows;
        return stream(all)
                .flatMap(row -> {
                    FeatureRow entry = read(row);
                    int pid = pid(entry);
                    int camid = camid(entry);
                    List<Integer> same = pid == ReidImage.JUNK ? List.of() : byPid.getOrDefault(pid, List.of());
                    return same.stream()
                            .filter(q -> camids[q] < 0 || camids[q] != camid)
                            .map(q -> new Match(q, metric.between(features[q], entry.features()), entry.path()));
                })
                .iterator();
    }

    private static Stream<Row> stream(Iterable<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false);
    }
}
