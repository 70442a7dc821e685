package io.github.mgn4j.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A chart of one or more curves with axes, ticks and a legend.
 *
 * @param description text alternative for screen readers
 */
record Chart(String description, Axis x, Axis y, List<Series> series, List<Mark> marks, int height) {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 300;
    private static final int LEFT = 52;
    private static final int RIGHT = 20;
    private static final int TOP = 34;
    /** Height of a line of the legend. */
    private static final int LINE = 18;

    private static final int BOTTOM = 46;
    /**
     * Width of a letter, with room for the larger letters of phones. The legend must be laid out where no font can be
     * measured.
     */
    private static final double LETTER = 8.8;

    Chart {
        series = List.copyOf(series);
        marks = List.copyOf(marks);
    }

    Chart(String description, Axis x, Axis y, List<Series> series) {
        this(description, x, y, series, List.of(), HEIGHT);
    }

    Chart(String description, Axis x, Axis y, List<Series> series, List<Mark> marks) {
        this(description, x, y, series, marks, HEIGHT);
    }

    /** A mark in the chart. */
    sealed interface Mark {}

    /** A vertical line across the chart at an x, labelled with its name. */
    record Limit(double x, String name) implements Mark {}

    /** A point of the first curve with its interval. */
    record Interval(double x, double low, double y, double high) implements Mark {}

    /**
     * A curve.
     *
     * @param points x0, y0, x1, y1, ...
     * @param filled whether the area under the curve is tinted
     */
    record Series(String name, List<Double> points, boolean filled) {
        Series {
            points = List.copyOf(points);
        }
    }

    String toSvg() {
        SvgCanvas canvas = new SvgCanvas(WIDTH, height, description);
        draw(canvas);
        return canvas.finish();
    }

    BufferedImage toImage() {
        PngCanvas canvas = new PngCanvas(WIDTH, height);
        draw(canvas);
        return canvas.finish();
    }

    private void draw(Canvas canvas) {
        drawAxes(canvas);
        for (int i = 0; i < series.size(); i++) {
            double[] points = scale(series.get(i).points());
            if (series.get(i).filled()) {
                canvas.area(closed(points), Ink.series(i));
            }
            canvas.curve(points, Ink.series(i));
        }
        marks.forEach(mark -> draw(mark, canvas));
        List<Key> legend = legend();
        for (int i = 0; i < series.size(); i++) {
            Key key = legend.get(i);
            canvas.curve(new double[] {key.from(), key.down(), key.from() + 16, key.down()}, Ink.series(i));
            canvas.text(key.from() + 22, key.down() + 4, series.get(i).name(), Canvas.Anchor.START, Ink.TEXT);
        }
        double at = legend.isEmpty() ? LEFT : legend.get(legend.size() - 1).to();
        // If the legend takes all the room, the page's heading names the axis.
        if (top() == TOP && at + y.label().length() * LETTER < WIDTH - RIGHT) {
            canvas.text(WIDTH - RIGHT, 18, y.label(), Canvas.Anchor.END, Ink.TEXT);
        }
    }

    private void draw(Mark mark, Canvas canvas) {
        if (mark instanceof Limit limit) {
            double at = across(limit.x());
            boolean right = x.position(limit.x()) < 0.6;
            canvas.line(at, top(), at, height - BOTTOM, Ink.MARK);
            Canvas.Anchor anchor = right ? Canvas.Anchor.START : Canvas.Anchor.END;
            canvas.text(at + (right ? 6 : -6), top() + 12, limit.name(), anchor, Ink.MARK);
        } else if (mark instanceof Interval interval) {
            double at = across(interval.x());
            canvas.curve(new double[] {at, down(interval.low()), at, down(interval.high())}, Ink.FIRST);
            canvas.dot(at, down(interval.y()), 4, Ink.FIRST);
        }
    }

    /** The place of a curve's name in the legend. */
    private record Key(double from, double to, int line) {
        int down() {
            return 14 + line * LINE;
        }
    }

    private List<Key> legend() {
        List<Key> keys = new ArrayList<>();
        double at = LEFT;
        int line = 0;
        for (Series one : series) {
            double width = 34 + one.name().length() * LETTER;
            if (at > LEFT && at + width > WIDTH) {
                at = LEFT;
                line++;
            }
            keys.add(new Key(at, at + width, line));
            at += width;
        }
        return keys;
    }

    /** Returns the top of the chart's area, below the legend. */
    private int top() {
        List<Key> keys = legend();
        return TOP + (keys.isEmpty() ? 0 : keys.get(keys.size() - 1).line() * LINE);
    }

    private double across(double value) {
        return LEFT + x.position(value) * (WIDTH - LEFT - RIGHT);
    }

    private double down(double value) {
        return height - BOTTOM - y.position(value) * (height - BOTTOM - top());
    }

    private void drawAxes(Canvas canvas) {
        int bottom = height - BOTTOM;
        List<Double> ys = y.ticks(5);
        for (double tick : ys) {
            double at = down(tick);
            canvas.line(LEFT, at, WIDTH - RIGHT, at, Ink.GRID);
            canvas.text(LEFT - 8, at + 4, y.format(tick, step(ys)), Canvas.Anchor.END, Ink.TEXT);
        }
        List<Double> xs = x.ticks(6);
        for (double tick : xs) {
            double at = across(tick);
            canvas.line(at, bottom, at, bottom + 4, Ink.AXIS);
            canvas.text(at, bottom + 18, x.format(tick, step(xs)), Canvas.Anchor.MIDDLE, Ink.TEXT);
        }
        canvas.line(LEFT, bottom, WIDTH - RIGHT, bottom, Ink.AXIS);
        canvas.text((LEFT + WIDTH - RIGHT) / 2.0, height - 8, x.label(), Canvas.Anchor.MIDDLE, Ink.TEXT);
    }

    private static double step(List<Double> ticks) {
        return ticks.size() < 2 ? 1 : ticks.get(1) - ticks.get(0);
    }

    private double[] scale(List<Double> points) {
        double[] scaled = new double[points.size()];
        for (int i = 0; i < scaled.length; i += 2) {
            scaled[i] = across(points.get(i));
            scaled[i + 1] = down(points.get(i + 1));
        }
        return scaled;
    }

    private double[] closed(double[] points) {
        double[] closed = new double[points.length + 4];
        System.arraycopy(points, 0, closed, 2, points.length);
        closed[0] = points[0];
        closed[1] = height - BOTTOM;
        closed[closed.length - 2] = points[points.length - 2];
        closed[closed.length - 1] = height - BOTTOM;
        return closed;
    }
}
