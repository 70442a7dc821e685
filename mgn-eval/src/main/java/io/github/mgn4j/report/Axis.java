package io.github.mgn4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * An axis with ticks at round numbers.
 *
 * @param percent whether values are fractions to be shown as percentages
 * @param log whether the scale is logarithmic; the ends are then positive
 */
record Axis(String label, double from, double to, boolean percent, boolean log) {
    /** Widens an empty range. */
    Axis {
        if (!(to > from)) {
            to = from + 1;
        }
    }

    /** Creates a linear axis. */
    Axis(String label, double from, double to, boolean percent) {
        this(label, from, to, percent, false);
    }

    /**
     * Returns about {@code count} ticks, each 1, 2 or 5 times a power of ten apart; on a logarithmic axis the powers of
     * ten.
     */
    List<Double> ticks(int count) {
        if (log) {
            return IntStream.rangeClosed(
                            (int) Math.ceil(Math.log10(from) - 1e-9), (int) Math.floor(Math.log10(to) + 1e-9))
                    .mapToObj(power -> Math.pow(10, power))
                    .toList();
        }
        double rough = (to - from) / count;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /**
     * Formats the value of a tick.
     *
     * @param step distance to the next tick; ignored on a logarithmic axis, where each tick has the digits it needs
     */
    String format(double tick, double step) {
        double shown = percent ? tick * 100 : tick;
        double shownStep = log ? shown : percent ? step * 100 : step;
        int digits = (int) Math.max(0, Math.min(12, Math.ceil(-Math.log10(shownStep) - 1e-9)));
        return String.format(Locale.ROOT, "%,." + digits + "f", shown) + (percent ? "%" : "");
    }

    /** Returns the position of a value between the ends, 0 to 1. */
    double position(double value) {
        return log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
    }
}
