package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Measures an index: how many of the ten nearest entries of some entries it finds. */
final class IndexRecall {
    private static final int QUERIES = 50;
    private static final int NEAREST = 10;

    private IndexRecall() {}

    static Indexed measure(View view, ApproximateIndex index, int overquery, DistanceMetric metric) {
        int dims = view.features().dims();
        int count = Math.min(QUERIES, view.rows());
        float[][] rows = new float[count][];
        for (int q = 0; q < count; q++) {
            rows[q] = view.read((int) ((long) q * view.rows() / count));
        }
        // The first of the nearest is the entry itself.
        Indexed unmeasured = new Indexed(view.rows(), overquery, 0, dims, null, index);
        Queries queries = new Queries(view, FeatureMatrix.ofRows(rows), metric);
        List<SearchOptions> options = Collections.nCopies(count, SearchOptions.nearest(NEAREST + 1));
        int[] counts = new int[count];
        java.util.Arrays.fill(counts, NEAREST + 1);
        int[][] exact = EntrySearch.nearest(queries, options, counts);
        int wanted = 0;
        int found = 0;
        for (int q = 0; q < count; q++) {
            Set<Integer> near = new HashSet<>();
            for (int row :
                    new ApproximateSearch(queries.part(q, q + 1), options.get(q), unmeasured).nearest(NEAREST + 1)) {
                near.add(row);
            }
            for (int i = 1; i < exact[q].length; i++) {
                wanted++;
                found += near.contains(exact[q][i]) ? 1 : 0;
            }
        }
        double recall = wanted == 0 ? 1 : (double) found / wanted;
        return new Indexed(view.rows(), overquery, recall, dims, null, index);
    }
}
