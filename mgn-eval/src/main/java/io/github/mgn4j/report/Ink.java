package io.github.mgn4j.report;

import java.awt.Color;
import java.util.Locale;

/** What a line or a letter is for. Its colour is the page's business in HTML, where it may be dark, and here in PNGs. */
enum Ink {
    GRID(0xe5e7eb),
    AXIS(0x9ca3af),
    TEXT(0x4b5563),
    /** What a chart points at. */
    MARK(0x111827),
    FIRST(0x2563eb),
    SECOND(0xd97706),
    THIRD(0x0f8a7e),
    FOURTH(0x9333ea);

    private static final Ink[] SERIES = {FIRST, SECOND, THIRD, FOURTH};

    private final Color color;

    Ink(int rgb) {
        color = new Color(rgb);
    }

    static Ink series(int i) {
        return SERIES[i % SERIES.length];
    }

    Color color() {
        return color;
    }

    /** Its class in the page's style sheet. */
    String css() {
        return name().toLowerCase(Locale.ROOT);
    }
}
