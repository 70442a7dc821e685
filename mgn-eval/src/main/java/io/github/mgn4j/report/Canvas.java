package io.github.mgn4j.report;

/** A surface for charts; x to the right, y downwards. */
interface Canvas {
    /** Where a text lies relative to its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void line(double x1, double y1, double x2, double y2, Ink ink);

    /** Draws a thick line through points x0, y0, x1, y1, ... */
    void curve(double[] points, Ink ink);

    /** Draws a translucent polygon with corners x0, y0, x1, y1, ... */
    void area(double[] points, Ink ink);

    /** Draws a filled circle. */
    void dot(double x, double y, double radius, Ink ink);

    /** Draws an unfilled circle. */
    void ring(double x, double y, double radius, Ink ink);

    /** Draws a bold text centred on a point, legible on any background. */
    void label(double x, double y, String text);

    void text(double x, double y, String text, Anchor anchor, Ink ink);
}
