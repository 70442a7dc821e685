package io.github.mgn4j.eval;

import io.github.mgn4j.verify.VerificationThresholds;
import org.jspecify.annotations.Nullable;

/**
 * The results of evaluating a test set, together with its features and options, so that a report can be written from
 * it. Immutable.
 *
 * @param evaluator the evaluator that computed it
 * @param options the options of the evaluation
 * @param features the features that were ranked; the queries are the expanded ones if the options ask for expansion
 * @param plain evaluation by feature distances
 * @param reRanked evaluation by re-ranked distances; null if the options do not ask for it
 * @param verification same-person verification; null if the options do not ask for it
 * @param singleShot result of the single-shot protocol; null if the options do not ask for it
 */
public record DatasetEvaluation(
        Evaluator evaluator,
        EvaluationOptions options,
        TestFeatures features,
        Evaluation plain,
        @Nullable Evaluation reRanked,
        @Nullable Verification verification,
        SingleShot.@Nullable Result singleShot) {
    static DatasetEvaluation of(Evaluator evaluator, TestFeatures extracted, EvaluationOptions options) {
        QueryExpansion expansion = options.expansion();
        TestFeatures features = expansion == null
                ? extracted
                : extracted.withQuery(expansion.expand(extracted.query(), extracted.gallery(), evaluator.metric()));
        LabelledFeatures query = features.query();
        LabelledFeatures gallery = features.gallery();
        Evaluation plain = evaluator.evaluate(query, gallery);
        ReRanker reRanker = options.reRanker();
        Evaluation reRanked = reRanker == null ? null : evaluator.evaluate(query, gallery, reRanker);
        Verification verification = options.verification()
                ? verifier(evaluator, Verifier.DEFAULT_RESAMPLES).verify(query, gallery)
                : null;
        SingleShot.Result singleShot = options.singleShotTrials() == 0
                ? null
                : new SingleShot(evaluator.metric(), options.singleShotTrials(), 0).evaluate(query, gallery);
        return new DatasetEvaluation(evaluator, options, features, plain, reRanked, verification, singleShot);
    }

    private static Verifier verifier(Evaluator evaluator, int resamples) {
        return new Verifier(evaluator.metric(), resamples, Verifier.DEFAULT_CONFIDENCE, 0, evaluator.blockBytes());
    }

    /** Returns the re-ranked evaluation if there is one, otherwise the plain one. */
    public Evaluation evaluation() {
        return reRanked != null ? reRanked : plain;
    }

    /** Returns the metrics of {@link #evaluation()}. */
    public ReidMetrics metrics() {
        return evaluation().metrics();
    }

    /** Returns 95% bootstrap intervals of {@link #metrics()}, from 1000 resamples of people. */
    public MetricIntervals intervals() {
        return MetricIntervals.of(
                evaluation(), features.query().labels(), Verifier.DEFAULT_RESAMPLES, Verifier.DEFAULT_CONFIDENCE, 0);
    }

    /**
     * Returns the verification; measures it if the options did not ask for it.
     *
     * @throws EvaluationException if there is no pair of the same person, or none of different people
     */
    public Verification verify() {
        return verification != null ? verification : measure(Verifier.DEFAULT_RESAMPLES);
    }

    private Verification measure(int resamples) {
        return verifier(evaluator, resamples).verify(features.query(), features.gallery());
    }

    /**
     * Returns the thresholds for same-person verdicts that a model can carry, see {@link Verifier#thresholds}.
     *
     * @param flip whether the features are means over an image and its mirror
     * @param data description of the data set
     * @throws EvaluationException if there are too few pairs for any of the rates
     */
    public VerificationThresholds thresholds(boolean flip, String data) {
        Verification measured = verification != null ? verification : measure(0);
        return verifier(evaluator, 0).thresholds(measured, flip, data);
    }

    /**
     * Returns the metrics as JSON, with the verification if it was measured. For a re-ranked evaluation the plain
     * metrics are added as {@code baseline}.
     */
    public MetricsJson toJson() {
        MetricsJson json = MetricsJson.of(metrics());
        if (reRanked != null) {
            json = json.withBaseline(plain.metrics());
        }
        return verification == null ? json : json.with(verification);
    }
}
