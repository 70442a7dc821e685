package io.github.mgn4j.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.ProgressListener;
import org.jspecify.annotations.Nullable;

/**
 * Options of evaluating a data set, beside ranking the gallery for each query by distance. Whether features are
 * averaged over the image and its mirror is an option of the extractor. Immutable.
 *
 * @param onError policy for images that cannot be read
 * @param progress receives the progress of the extraction
 * @param multiQuery whether each query's features are replaced by the mean over the data set's multi-query images
 * @param expansion expands the queries before ranking; null for none
 * @param reRanker re-ranks the lists; null for none
 * @param verification whether thresholds and true accept rates are measured
 * @param singleShotTrials number of random galleries per query in the single-shot protocol; 0 for none
 */
public record EvaluationOptions(
        OnError onError,
        ProgressListener progress,
        boolean multiQuery,
        @Nullable QueryExpansion expansion,
        @Nullable ReRanker reRanker,
        boolean verification,
        int singleShotTrials) {
    /** Options that fail on an unreadable image and ask for nothing beyond the ranking. */
    public static final EvaluationOptions DEFAULT = builder().build();

    /**
     * Checks the options.
     *
     * @throws EvaluationException if the number of trials is negative
     */
    public EvaluationOptions {
        EvaluationException.check(
                singleShotTrials >= 0, "single-shot trials is %d, must not be negative", singleShotTrials);
    }

    /** Returns a builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link EvaluationOptions}. Not thread-safe. */
    public static final class Builder {
        private OnError onError = OnError.FAIL;
        private ProgressListener progress = ProgressListener.NONE;
        private boolean multiQuery;
        private @Nullable QueryExpansion expansion;
        private @Nullable ReRanker reRanker;
        private boolean verification;
        private int singleShotTrials;

        private Builder() {}

        /** Sets the policy for images that cannot be read. The default is {@link OnError#FAIL}. */
        @CanIgnoreReturnValue
        public Builder onError(OnError policy) {
            onError = policy;
            return this;
        }

        /** Sets the listener for the progress of the extraction. It replaces an earlier one. */
        @CanIgnoreReturnValue
        public Builder progress(ProgressListener listener) {
            progress = listener;
            return this;
        }

        /** Sets whether queries are averaged by {@link MultiQuery}. The default is false. */
        @CanIgnoreReturnValue
        public Builder multiQuery(boolean on) {
            multiQuery = on;
            return this;
        }

        /** Sets the query expansion. The default is null: none. */
        @CanIgnoreReturnValue
        public Builder expand(@Nullable QueryExpansion queryExpansion) {
            expansion = queryExpansion;
            return this;
        }

        /** Sets the re-ranker. The default is null: none. */
        @CanIgnoreReturnValue
        public Builder reRank(@Nullable ReRanker newReRanker) {
            reRanker = newReRanker;
            return this;
        }

        /** Sets whether {@link Verification} is measured. The default is false. */
        @CanIgnoreReturnValue
        public Builder verification(boolean on) {
            verification = on;
            return this;
        }

        /** Sets the number of {@link SingleShot} trials. The default is 0: none. */
        @CanIgnoreReturnValue
        public Builder singleShot(int trials) {
            singleShotTrials = trials;
            return this;
        }

        /** Returns the options. */
        public EvaluationOptions build() {
            return new EvaluationOptions(
                    onError, progress, multiQuery, expansion, reRanker, verification, singleShotTrials);
        }
    }
}
