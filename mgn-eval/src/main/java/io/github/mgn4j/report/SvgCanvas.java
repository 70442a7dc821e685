package io.github.mgn4j.report;

import java.util.Locale;

/** Draws into an inline SVG element. The page's style sheet sets the colours. */
final class SvgCanvas implements Canvas {
    private final StringBuilder svg = new StringBuilder();

    SvgCanvas(int width, int height, String description) {
        svg.append("<svg viewBox=\"0 0 ").append(width).append(' ').append(height);
        svg.append("\" role=\"img\" aria-label=\"")
                .append(Html.escape(description))
                .append("\">\n");
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink) {
        svg.append("<path class=\"line ").append(ink.css()).append("\" d=\"M");
        svg.append(number(x1)).append(' ').append(number(y1)).append('L');
        svg.append(number(x2)).append(' ').append(number(y2)).append("\"/>\n");
    }

    @Override
    public void curve(double[] points, Ink ink) {
        svg.append("<polyline class=\"curve ").append(ink.css());
        svg.append("\" points=\"").append(points(points)).append("\"/>\n");
    }

    @Override
    public void area(double[] points, Ink ink) {
        svg.append("<polygon class=\"area ").append(ink.css());
        svg.append("\" points=\"").append(points(points)).append("\"/>\n");
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        circle("dot ", x, y, radius, ink);
    }

    @Override
    public void ring(double x, double y, double radius, Ink ink) {
        circle("ring ", x, y, radius, ink);
    }

    private void circle(String kind, double x, double y, double radius, Ink ink) {
        svg.append("<circle class=\"")
                .append(kind)
                .append(ink.css())
                .append("\" cx=\"")
                .append(number(x));
        svg.append("\" cy=\"").append(number(y)).append("\" r=\"").append(number(radius));
        svg.append("\"/>\n");
    }

    @Override
    public void label(double x, double y, String text) {
        svg.append("<text class=\"label\" x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y));
        svg.append("\" text-anchor=\"middle\">").append(Html.escape(text)).append("</text>\n");
    }

    @Override
    public void text(double x, double y, String text, Anchor anchor, Ink ink) {
        svg.append("<text class=\"").append(ink.css()).append("\" x=\"").append(number(x));
        svg.append("\" y=\"").append(number(y)).append("\" text-anchor=\"");
        svg.append(anchor.name().toLowerCase(Locale.ROOT)).append("\">");
        svg.append(Html.escape(text)).append("</text>\n");
    }

    /** Returns the finished element. */
    String finish() {
        return svg + "</svg>\n";
    }

    private static String points(double[] points) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < points.length; i++) {
            text.append(i == 0 ? "" : i % 2 == 0 ? " " : ",").append(number(points[i]));
        }
        return text.toString();
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
