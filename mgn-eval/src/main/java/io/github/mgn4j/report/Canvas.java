package io.github.mgn4j.report;

/** What a chart is drawn on; x to the right, y downwards. */
interface Canvas {
    /** Where a text lies as seen from its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void line(double x1, double y1, double x2, double y2, Ink ink);

    /** A thick line through points x0, y0, x1, y1, ... */
    void curve(double[] points, Ink ink);

    /** A translucent polygon with corners x0, y0, x1, y1, ... */
    void area(double[] points, Ink ink);

    /** A filled circle. */
    void dot(double x, double y, double radius, Ink ink);

    /** A circle that is not filled. */
    void ring(double x, double y, double radius, Ink ink);

    /** A bold text in the middle of a point that is legible on anything. */
    void label(double x, double y, String text);

    void text(double x, double y, String text, Anchor anchor, Ink ink);
}
