package io.github.mgn4j.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.ProgressListener;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation of a data set does beside ranking the gallery for each query by distance. Whether features are averaged
 * over the image and its mirror is the extractor's option. Immutable.
 *
 * @param onError what happens about an image that cannot be read
 * @param progress receives the progress of the extraction
 * @param multiQuery whether each query's features are the mean of those of the data set's images for multi-query
 * @param expansion of the queries, before they are ranked; null for none
 * @param reRanker that re-ranks the lists; null for none
 * @param verification whether thresholds and true accept rates are measured
 * @param singleShotTrials random galleries of the single-shot protocol for each query; 0 for none
 */
public record EvaluationOptions(
        OnError onError,
        ProgressListener progress,
        boolean multiQuery,
        @Nullable QueryExpansion expansion,
        @Nullable ReRanker reRanker,
        boolean verification,
        int singleShotTrials) {
    /** Fails at an image that cannot be read, and does nothing else. */
    public static final EvaluationOptions DEFAULT = builder().build();

    /** @throws EvaluationException if the number of trials is negative */
    public EvaluationOptions {
        EvaluationException.check(
                singleShotTrials >= 0, "single-shot trials is %d, must not be negative", singleShotTrials);
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private OnError onError = OnError.FAIL;
        private ProgressListener progress = ProgressListener.NONE;
        private boolean multiQuery;
        private @Nullable QueryExpansion expansion;
        private @Nullable ReRanker reRanker;
        private boolean verification;
        private int singleShotTrials;

        private Builder() {}

        /** Sets what happens about an image that cannot be read; {@link OnError#FAIL} by default. */
        @CanIgnoreReturnValue
        public Builder onError(OnError policy) {
            onError = policy;
            return this;
        }

        /** Registers a listener for the progress of the extraction, in the place of an earlier one. */
        @CanIgnoreReturnValue
        public Builder progress(ProgressListener listener) {
            progress = listener;
            return this;
        }

        /** Sets whether queries are averaged by {@link MultiQuery}; off by default. */
        @CanIgnoreReturnValue
        public Builder multiQuery(boolean on) {
            multiQuery = on;
            return this;
        }

        /** Sets the expansion of the queries; null, the default, for none. */
        @CanIgnoreReturnValue
        public Builder expand(@Nullable QueryExpansion queryExpansion) {
            expansion = queryExpansion;
            return this;
        }

        /** Sets the re-ranker of the lists; null, the default, for none. */
        @CanIgnoreReturnValue
        public Builder reRank(@Nullable ReRanker newReRanker) {
            reRanker = newReRanker;
            return this;
        }

        /** Sets whether {@link Verification} is measured; off by default. */
        @CanIgnoreReturnValue
        public Builder verification(boolean on) {
            verification = on;
            return this;
        }

        /** Sets the number of trials of {@link SingleShot}; 0, the default, for none. */
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
