package io.github.mgn4j.report;

import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.Verification;
import java.util.Locale;
import java.util.OptionalDouble;

/** Summarises the metrics in a sentence or two. */
final class VerdictText {
    private final ReportData data;

    VerdictText(ReportData data) {
        this.data = data;
    }

    void write(StringBuilder page) {
        if (data.metrics().isEmpty()) {
            return;
        }
        ReidMetrics metrics = data.metrics().get(0).metrics();
        page.append("<p class=\"verdict\">");
        page.append(String.format(
                Locale.ROOT,
                "For %.1f%% of the queries the nearest gallery image shows the same person",
                100 * metrics.rank1()));
        if (data.intervals() != null) {
            page.append(String.format(
                    Locale.ROOT,
                    " (%.1f to %.1f: %s bootstrap over people)",
                    100 * data.intervals().rank1().low(),
                    100 * data.intervals().rank1().high(),
                    Html.percent(data.intervals().confidence())));
        }
        page.append(". ");
        Verification.Point point = data.chosen();
        if (point != null && point.threshold() >= 0) {
            page.append(String.format(
                    Locale.ROOT,
                    "<b>Recommended threshold: %.4g.</b> With it, %.1f%% of the pairs of one person are recognised, and"
                            + " %s of the pairs of different people are taken for one.",
                    point.threshold(),
                    100 * point.trueAccept(),
                    Html.percent(point.falseAccept())));
        } else if (data.verification() != null) {
            page.append("No threshold can be recommended: at 1% false accepts none is left.");
        }
        writeEqualErrorRate(page);
        page.append("</p>\n");
    }

    private void writeEqualErrorRate(StringBuilder page) {
        if (data.verification() != null) {
            OptionalDouble rate = data.verification().equalErrorRate();
            page.append(
                    rate.isPresent()
                            ? String.format(Locale.ROOT, " Equal error rate: %.2f%%.", 100 * rate.getAsDouble())
                            : " Equal error rate: above 15%.");
        }
    }
}
