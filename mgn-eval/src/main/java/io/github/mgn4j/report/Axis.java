package io.github.mgn4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis with ticks at round numbers.
 *
 * @param percent whether values are fractions to be shown as percentages
 */
record Axis(String label, double from, double to, boolean percent) {
    /** An axis over a range; an empty range is widened. */
    Axis {
        if (!(to > from)) {
            to = from + 1;
        }
    }

    /** About {@code count} ticks, each 1, 2 or 5 times a power of ten from the next. */
    List<Double> ticks(int count) {
        double rough = (to - from) / count;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    String format(double tick, double step) {
        double shown = percent ? tick * 100 : tick;
        double shownStep = percent ? step * 100 : step;
        int digits = (int) Math.max(0, Math.min(12, Math.ceil(-Math.log10(shownStep) - 1e-9)));
        return String.format(Locale.ROOT, "%,." + digits + "f", shown) + (percent ? "%" : "");
    }

    /** Where a value lies between the ends, 0 to 1. */
    double position(double value) {
        return (value - from) / (to - from);
    }
}
