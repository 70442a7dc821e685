package io.github.mgn4j.cli;

import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.math.BigDecimal;
import java.util.Locale;

/** Formats the thresholds stored in a model, for {@code info}. */
final class ThresholdsText {
    private ThresholdsText() {}

    static String text(VerificationThresholds thresholds) {
        StringBuilder text = new StringBuilder("thresholds for same-person verdicts\n");
        text.append(String.format(
                Locale.ROOT,
                "  %s, %s; %,d pairs of one person, %,d of two%n  %s%n",
                thresholds.metric().name().toLowerCase(Locale.ROOT),
                thresholds.flip() ? "averaged over the mirror" : "without the mirror",
                thresholds.samePairs(),
                thresholds.differentPairs(),
                Printable.line(thresholds.data())));
        for (Threshold threshold : thresholds.thresholds()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  far %-7s distance up to %.6g: %.2f%% of the pairs of one person%n",
                    rate(threshold.falseAcceptRate()),
                    threshold.distance(),
                    100 * threshold.trueAcceptRate()));
        }
        return text.toString().stripTrailing();
    }

    /** Formats a rate without an exponent, as it is typed. */
    static String rate(double rate) {
        return new BigDecimal(String.valueOf(rate)).stripTrailingZeros().toPlainString();
    }
}
