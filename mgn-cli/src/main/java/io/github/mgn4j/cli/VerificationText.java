package io.github.mgn4j.cli;

import io.github.mgn4j.eval.Verification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Verification as lines of text: how many pairs of one person are accepted when few of two people are. */
final class VerificationText {
    private VerificationText() {}

    static List<String> lines(Verification verification) {
        return facts(verification).entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .toList();
    }

    static Map<String, String> facts(Verification verification) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Verification.Point point : verification.points()) {
            String name = String.format(Locale.ROOT, "same person at %s false accepts", percent(point.target()));
            facts.put(
                    name,
                    point.threshold() < 0
                            ? "none: too few pairs of different people, or too near"
                            : String.format(
                                    Locale.ROOT,
                                    "%.2f%% accepted (%.2f to %.2f), distance up to %.5g",
                                    100 * point.trueAccept(),
                                    100 * point.low(),
                                    100 * point.high(),
                                    point.threshold()));
        }
        return facts;
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.4g%%", 100 * part).replaceFirst("\\.?0+%", "%");
    }
}
