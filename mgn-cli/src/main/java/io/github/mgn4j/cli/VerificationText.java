package io.github.mgn4j.cli;

import io.github.mgn4j.eval.Verification;
import java.util.List;
import java.util.Locale;

/** Formats verification as lines of text: true accept rates at low false accept rates. */
final class VerificationText {
    private VerificationText() {}

    static List<String> lines(Verification verification) {
        return verification.points().stream()
                .map(point -> String.format(
                        Locale.ROOT, "same person at %s false accepts: %s", percent(point.target()), rate(point)))
                .toList();
    }

    private static String rate(Verification.Point point) {
        return point.threshold() < 0
                ? "none: too few pairs of different people, or too near"
                : String.format(
                        Locale.ROOT,
                        "%.2f%% accepted (%.2f to %.2f), distance up to %.5g",
                        100 * point.trueAccept(),
                        100 * point.low(),
                        100 * point.high(),
                        point.threshold());
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.4g%%", 100 * part).replaceFirst("\\.?0+%", "%");
    }
}
