package io.github.mgn4j.study;

import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReidMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a row for one seed. Immutable.
 *
 * @param row name of the row
 * @param seed seed of weights, sampling and augmentation
 * @param diverged where the training diverged, such as {@code step 12, softmax/g1}; null if it did not
 * @param plain metrics by feature distance; null if the training diverged
 * @param reRanked metrics after re-ranking; null if the training diverged
 * @param lists ranked lists, by feature distance, of the queries that the study shows
 * @param attention how much of what each branch depends on lies on the persons, branch by branch and network by network; empty
 *     if the data have no masks or the training diverged
 * @param parameters trainable values of all networks, classifiers included
 * @param macs multiply-accumulates per image of all networks, classifiers included
 * @param seconds time of the training steps of all networks
 */
public record StudyResult(
        String row,
        long seed,
        @Nullable String diverged,
        @Nullable ReidMetrics plain,
        @Nullable ReidMetrics reRanked,
        List<QueryResult> lists,
        List<AttentionShare> attention,
        long parameters,
        long macs,
        double seconds) {
    public StudyResult {
        lists = List.copyOf(lists);
        attention = List.copyOf(attention);
    }
}
