package io.github.mgn4j.spark;

import io.github.mgn4j.eval.Distances;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Counts the other people's entries of a partition between the true matches of each query. */
final class MatchCounts {
    /** Number of gallery rows whose distances are computed at once. */
    static final int ENTRIES = 256;

    private final QueryBlock queries;
    private final MatchTable matches;
    private final DistanceMetric metric;
    private final FeatureMatrix features;
    private final int[][] before;

    MatchCounts(QueryBlock queries, MatchTable matches, DistanceMetric metric) {
        this.queries = queries;
        this.matches = matches;
        this.metric = metric;
        features = queries.matrix();
        before =
                matches.matches().stream().map(each -> new int[each.size() + 1]).toArray(int[][]::new);
    }

    /** Returns, for each query at i, the number of entries before match i but not before match i - 1. */
    int[][] count(Iterator<Row> rows) {
        List<FeatureRow> block = new ArrayList<>();
        while (rows.hasNext()) {
            block.add(queries.read(rows.next()));
            if (block.size() == ENTRIES || !rows.hasNext()) {
                count(block);
                block.clear();
            }
        }
        return before;
    }

    private void count(List<FeatureRow> block) {
        FeatureMatrix entries =
                FeatureMatrix.ofRows(block.stream().map(FeatureRow::features).toArray(float[][]::new));
        double[][] distances = new double[features.rows()][block.size()];
        Distances.between(features, entries, metric).compute(0, distances);
        for (int j = 0; j < block.size(); j++) {
            FeatureRow entry = block.get(j);
            int pid = QueryBlock.pid(entry);
            for (int q = 0; q < distances.length; q++) {
                if (queries.isOther(q, pid)) {
                    before[q][matches.nearer(q, distances[q][j], entry.path())]++;
                }
            }
        }
    }

    /** Adds the counts of another partition to the first. */
    static int[][] sum(int[][] a, int[][] b) {
        for (int q = 0; q < a.length; q++) {
            for (int i = 0; i < a[q].length; i++) {
                a[q][i] += b[q][i];
            }
        }
        return a;
    }
}
