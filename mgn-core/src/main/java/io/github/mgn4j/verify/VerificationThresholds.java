package io.github.mgn4j.verify;

import static io.github.mgn4j.verify.VerificationException.check;

import io.github.mgn4j.features.DistanceMetric;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The thresholds for same-person verdicts that a model carries, measured on a labelled data set. They hold for features of
 * the same weights, in every precision, and for images like those of that data set; other cameras and other people need
 * thresholds of their own. Immutable and thread-safe.
 *
 * @param metric the distance metric of the thresholds
 * @param flip whether the features are means over an image and its mirror
 * @param data the data set, in words
 * @param samePairs number of measured pairs of the same person
 * @param differentPairs number of measured pairs of different persons
 * @param thresholds the thresholds by descending false-accept rate, at least one
 */
public record VerificationThresholds(
        DistanceMetric metric,
        boolean flip,
        String data,
        long samePairs,
        long differentPairs,
        List<Threshold> thresholds) {
    /** The metadata key of the thresholds in a model file. */
    public static final String METADATA_KEY = "mgn.thresholds";

    /** The default false-accept rate: one in a thousand pairs of different persons. */
    public static final double DEFAULT_RATE = 1e-3;

    /**
     * Creates a set of thresholds and checks that they are consistent.
     *
     * @throws VerificationException if there is none, or a lower rate has a larger distance
     */
    public VerificationThresholds {
        check(samePairs >= 1, "thresholds need at least 1 pair of one person, not %s", samePairs);
        check(differentPairs >= 1, "thresholds need at least 1 pair of two people, not %s", differentPairs);
        check(!thresholds.isEmpty(), "there is no threshold");
        for (int i = 1; i < thresholds.size(); i++) {
            Threshold before = thresholds.get(i - 1);
            Threshold next = thresholds.get(i);
            check(
                    next.falseAcceptRate() < before.falseAcceptRate() && next.distance() <= before.distance(),
                    "thresholds must descend with their rates, found %s at %s after %s at %s",
                    next.distance(),
                    next.falseAcceptRate(),
                    before.distance(),
                    before.falseAcceptRate());
        }
        thresholds = List.copyOf(thresholds);
    }

    /**
     * Returns a model's thresholds.
     *
     * @throws VerificationException if they are null; the message says how to measure some
     */
    public static VerificationThresholds require(@Nullable VerificationThresholds thresholds) {
        if (thresholds == null) {
            throw new VerificationException("the model carries no thresholds for same-person verdicts: 'mgn evaluate"
                    + " --model MODEL --data DIR --store-thresholds MODEL2' measures and stores them (in Java:"
                    + " Verifier.thresholds, Model.withThresholds)");
        }
        return thresholds;
    }

    /**
     * Returns the threshold for a false-accept rate: that of the largest stored rate that does not exceed it, so that the
     * requested rate is kept. Rates are not interpolated.
     *
     * @throws VerificationException if every stored rate is higher, or the requested rate is not between 0 and 1
     */
    public Threshold at(double falseAcceptRate) {
        Threshold.checkRate(falseAcceptRate);
        for (Threshold threshold : thresholds) {
            if (threshold.falseAcceptRate() <= falseAcceptRate) {
                return threshold;
            }
        }
        throw new VerificationException(
                "no threshold for a false-accept rate of %s: the model has those for %s, from %d pairs of two people"
                        .formatted(falseAcceptRate, rates(), differentPairs));
    }

    /** Returns the false-accept rates as text. */
    private String rates() {
        return thresholds.stream()
                .map(threshold -> String.valueOf(threshold.falseAcceptRate()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Returns the false-accept rate of a distance used as a threshold: the smallest stored rate whose distance is at least as
     * large; empty for a distance above all thresholds.
     */
    public OptionalDouble falseAcceptRate(double threshold) {
        return thresholds.stream()
                .filter(stored -> threshold <= stored.distance())
                .mapToDouble(Threshold::falseAcceptRate)
                .min();
    }

    /**
     * Compares two features at a false-accept rate, which selects the threshold as in {@link #at}.
     *
     * @throws VerificationException as {@link #at}
     * @throws IllegalArgumentException if the features differ in length, or contain NaN or infinity
     */
    public Comparison compare(float[] a, float[] b, double falseAcceptRate) {
        Threshold threshold = at(falseAcceptRate);
        return new Comparison(
                metric.between(a, b), threshold.distance(), OptionalDouble.of(threshold.falseAcceptRate()));
    }

    /** Returns the thresholds as the JSON that a model file carries. */
    public String toJson() {
        return ThresholdsJson.write(this);
    }

    /**
     * Parses the thresholds from the JSON of a model file.
     *
     * @throws VerificationException if the JSON is damaged
     */
    public static VerificationThresholds parse(String json) {
        return ThresholdsJson.read(json);
    }
}
