package io.github.mgn4j.spark;

import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.features.DistanceMetric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Computes the re-identification metrics of a gallery that no single machine holds: the figures of
 * {@link io.github.mgn4j.eval.Evaluator}, whatever the partitioning. Query and gallery have the columns of {@link FeatureRows}; rows of
 * equal distance are ranked by their paths, in UTF-8 bytes.
 *
 * <p>For each block of queries the gallery is read twice: once to find the distances of the true matches, and once to count the
 * other people's entries that are nearer. A task holds the block of queries and {@value MatchCounts#ENTRIES} gallery rows with
 * their distances; the driver holds one block of queries, the distances of its matches, and less than a kilobyte per query. Keep the gallery
 * in a columnar file, or cache it.
 *
 * @param metric the distance metric
 * @param queryBlock number of queries in a block, at least 1
 */
public record EvaluateJob(DistanceMetric metric, int queryBlock) {
    private static final int DEFAULT_BLOCK = 1024;

    /**
     * Checks the settings.
     *
     * @throws EvaluationException if {@code queryBlock} is below 1
     */
    public EvaluateJob {
        if (queryBlock < 1) {
            throw new EvaluationException("queryBlock must be at least 1, not " + queryBlock);
        }
    }

    /** Creates a job with blocks of 1024 queries. */
    public EvaluateJob(DistanceMetric metric) {
        this(metric, DEFAULT_BLOCK);
    }

    /**
     * Ranks the gallery for each query and returns the metrics.
     *
     * @throws EvaluationException if the gallery has no rows, a row has no pid, or no query has a match
     * @throws io.github.mgn4j.features.FeatureException if a row has no features, or other ones than the first query
     */
    public ReidMetrics evaluate(Dataset<Row> query, Dataset<Row> gallery) {
        Dataset<Row> entries = FeatureRow.columns(gallery);
        long size = entries.count();
        if (size == 0) {
            throw new EvaluationException("the gallery has no rows, expected one at least");
        }
        List<QueryResult> results = new ArrayList<>();
        List<FeatureRow> block = new ArrayList<>();
        Iterator<FeatureRow> all =
                new CheckedRows(FeatureRow.columns(query).sort(FeatureRows.PATH).toLocalIterator());
        while (all.hasNext()) {
            block.add(all.next());
            if (block.size() == queryBlock || !all.hasNext()) {
                evaluate(QueryBlock.of(block), entries.javaRDD(), results);
                block.clear();
            }
        }
        return ReidMetrics.of(results, (int) Math.min(size, Integer.MAX_VALUE));
    }

    private void evaluate(QueryBlock block, JavaRDD<Row> gallery, List<QueryResult> results) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(gallery.context());
        DistanceMetric by = metric;
        Broadcast<QueryBlock> queries = spark.broadcast(block);
        try {
            List<Match> matches = gallery.mapPartitions(rows -> queries.value().matches(rows, by))
                    .collect();
            Broadcast<MatchTable> table = spark.broadcast(MatchTable.of(block.size(), matches));
            try {
                int[][] counts = gallery.mapPartitions(rows -> Collections.singleton(
                                        new MatchCounts(queries.value(), table.value(), by).count(rows))
                                .iterator())
                        .treeReduce(MatchCounts::sum);
                for (int[] before : counts) {
                    results.add(QueryResult.of(results.size(), before, List.of()));
                }
            } finally {
                table.destroy();
            }
        } finally {
            queries.destroy();
        }
    }
}
