package io.github.mgn4j.report;

import java.awt.Color;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * The role of a line or letter. In HTML the page's style sheet decides the colour, because the page may be dark; PNGs
 * use the colours here.
 */
enum Ink {
    GRID(0xe5e7eb),
    AXIS(0x9ca3af),
    TEXT(0x4b5563),
    /** A mark in a chart. */
    MARK(0x111827),
    FIRST(0x2563eb),
    SECOND(0xd97706),
    THIRD(0x0f8a7e),
    FOURTH(0x9333ea),
    /** People of a map without a colour of their own. */
    OTHERS(0xd1d5db),
    /** People of a map; the colours are the same on light and on dark pages. */
    PERSON_1(0x3b82f6),
    PERSON_2(0xf97316),
    PERSON_3(0x16a34a),
    PERSON_4(0xef4444),
    PERSON_5(0xa855f7),
    PERSON_6(0xa16207),
    PERSON_7(0xec4899),
    PERSON_8(0x84cc16),
    PERSON_9(0x06b6d4),
    PERSON_10(0xeab308),
    PERSON_11(0x4f46e5),
    PERSON_12(0x0d9488);

    /** Charts of up to eleven curves have colours that can be told apart. */
    private static final Ink[] SERIES = {
        FIRST, SECOND, THIRD, FOURTH, PERSON_4, PERSON_8, PERSON_7, PERSON_9, PERSON_6, PERSON_3, PERSON_11
    };

    private static final List<Ink> PEOPLE = List.copyOf(EnumSet.range(PERSON_1, PERSON_12));

    private final Color color;

    Ink(int rgb) {
        color = new Color(rgb);
    }

    static Ink series(int i) {
        return SERIES[i % SERIES.length];
    }

    /**
     * Returns the ink of a person.
     *
     * @param i index from 0, less than {@link EmbeddingMap#MAX_PEOPLE}
     */
    static Ink person(int i) {
        return PEOPLE.get(i);
    }

    Color color() {
        return color;
    }

    /** Returns its class in the page's style sheet. */
    String css() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
