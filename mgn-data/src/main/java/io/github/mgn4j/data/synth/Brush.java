package io.github.mgn4j.data.synth;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;

/** Shapes and colours that the painters share. Angles are in degrees, from straight down towards +x. */
final class Brush {
    private Brush() {}

    static Color shade(Color colour, double factor) {
        return new Color(
                clamp(colour.getRed() * factor), clamp(colour.getGreen() * factor), clamp(colour.getBlue() * factor));
    }

    static Color alpha(Color colour, int alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
    }

    static int clamp(double value) {
        return (int) Math.max(0, Math.min(255, value + 0.5));
    }

    static void fill(Graphics2D g, Color colour, Shape shape) {
        g.setColor(colour);
        g.fill(shape);
    }

    static Shape rect(double left, double top, double right, double bottom) {
        return new Rectangle2D.Double(left, top, right - left, bottom - top);
    }

    static Shape rounded(double left, double top, double right, double bottom, double radius) {
        return new RoundRectangle2D.Double(left, top, right - left, bottom - top, 2 * radius, 2 * radius);
    }

    static Shape oval(double x, double y, double rx, double ry) {
        return new Ellipse2D.Double(x - rx, y - ry, 2 * rx, 2 * ry);
    }

    /** Returns a polygon from alternating x and y. */
    static Shape polygon(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        path.closePath();
        return path;
    }

    /** Returns a tapered limb with round ends. */
    static Path2D limb(double x1, double y1, double width1, double x2, double y2, double width2) {
        double dx = x2 - x1;
        double dy = y2 - y1;
        double length = Math.max(1e-9, StrictMath.sqrt(dx * dx + dy * dy));
        double nx = -dy / length / 2;
        double ny = dx / length / 2;
        // Three overlapping outlines of the same orientation: filled where any of them is.
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        path.append(
                polygon(
                        x1 - nx * width1,
                        y1 - ny * width1,
                        x2 - nx * width2,
                        y2 - ny * width2,
                        x2 + nx * width2,
                        y2 + ny * width2,
                        x1 + nx * width1,
                        y1 + ny * width1),
                false);
        path.append(oval(x1, y1, width1 / 2, width1 / 2), false);
        path.append(oval(x2, y2, width2 / 2, width2 / 2), false);
        return path;
    }

    static double sin(double degrees) {
        return StrictMath.sin(StrictMath.toRadians(degrees));
    }

    static double cos(double degrees) {
        return StrictMath.cos(StrictMath.toRadians(degrees));
    }
}
