package io.github.mgn4j.cli;

import io.github.mgn4j.eval.ReidMetrics;
import java.util.Locale;

/** Formats {@link ReidMetrics} as lines of a table. */
final class MetricsText {
    private MetricsText() {}

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-12s%8s%8s%8s%8s%8s%8s%9s",
                "",
                "rank-1",
                "rank-5",
                "rank-10",
                "rank-20",
                "mAP",
                "mINP",
                "queries");
    }

    static String row(String name, ReidMetrics m) {
        return String.format(
                Locale.ROOT,
                "%-12s%8.2f%8.2f%8.2f%8.2f%8.2f%8.2f%9d",
                name,
                100 * m.rank1(),
                100 * m.rank5(),
                100 * m.rank10(),
                100 * m.rank20(),
                100 * m.mAP(),
                100 * m.mINP(),
                m.queries());
    }
}
