package io.github.mgn4j.data.synth;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Paints cloth with its pattern and lighting, and logos. Lengths are in heights of the person. */
final class ClothPainter {
    private final Graphics2D g;
    private final Person person;

    ClothPainter(Graphics2D g, Person person) {
        this.g = g;
        this.person = person;
    }

    /** Paints a part of the top that lies over the trunk. */
    void trunk(Shape shape) {
        paint(shape, person.topColour(), person.pattern(), 1);
    }

    /** Paints a sleeve: patterns that fill a surface continue, the others stay on the trunk. */
    void sleeve(Shape shape, double light) {
        switch (person.pattern()) {
            case HOOPS, CHECK, DOTS -> paint(shape, person.topColour(), person.pattern(), light);
            case RAGLAN -> paint(shape, person.second(), Person.Pattern.PLAIN, light);
            default -> paint(shape, person.topColour(), Person.Pattern.PLAIN, light);
        }
    }

    void plain(Shape shape, Color colour, double light) {
        paint(shape, colour, Person.Pattern.PLAIN, light);
    }

    private void paint(Shape shape, Color base, Person.Pattern pattern, double light) {
        Shape before = g.getClip();
        Brush.fill(g, Brush.shade(base, light), shape);
        g.clip(shape);
        pattern(pattern, Brush.shade(person.second(), light), shape.getBounds2D());
        shadow(shape.getBounds2D());
        g.setClip(before);
    }

    /** Darkens one edge, since bodies are round. */
    private void shadow(Rectangle2D bounds) {
        if (bounds.getWidth() > 1e-3) {
            g.setPaint(new LinearGradientPaint(
                    (float) bounds.getMinX(), 0, (float) bounds.getMaxX(), 0, new float[] {0, 0.35f, 1}, new Color[] {
                        new Color(0, 0, 0, 30), new Color(255, 255, 255, 16), new Color(0, 0, 0, 75)
                    }));
            g.fill(bounds);
        }
    }

    private void pattern(Person.Pattern pattern, Color colour, Rectangle2D bounds) {
        g.setColor(colour);
        switch (pattern) {
            case PLAIN, RAGLAN -> {}
            case HOOPS -> hoops(0.026);
            case STRIPES -> stripes(bounds, 0.02);
            case CHECK -> {
                g.setColor(Brush.alpha(colour, 150));
                hoops(0.02);
                stripes(bounds, 0.018);
            }
            case HALVES -> g.fill(Brush.rect(-1, 0.345, 1, 1));
            case BAND -> g.fill(Brush.rect(-1, 0.255, 1, 0.335));
            case SASH -> g.fill(Brush.polygon(-0.16, 0.17, -0.08, 0.17, 0.16, 0.5, 0.08, 0.5));
            case DOTS -> dots(bounds);
        }
    }

    private void hoops(double thickness) {
        for (double y = 0.15; y < 0.75; y += 0.055) {
            g.fill(Brush.rect(-1, y, 1, y + thickness));
        }
    }

    private void stripes(Rectangle2D bounds, double thickness) {
        for (double x = -0.4 - thickness / 2; x < 0.4; x += 0.05) {
            if (x + thickness > bounds.getMinX() && x < bounds.getMaxX()) {
                g.fill(Brush.rect(x, -0.1, x + thickness, 1));
            }
        }
    }

    private void dots(Rectangle2D bounds) {
        int row = 0;
        for (double y = 0.17; y < bounds.getMaxY() + 0.05; y += 0.042) {
            double shift = row++ % 2 == 0 ? 0 : 0.024;
            for (double x = -0.384 + shift; x < 0.4; x += 0.048) {
                if (x > bounds.getMinX() - 0.05 && x < bounds.getMaxX() + 0.05) {
                    g.fill(Brush.oval(x, y, 0.013, 0.013));
                }
            }
        }
    }

    /** Paints the person's logo around the origin, scaled to a radius. */
    void logo(double x, double y, double radius) {
        if (person.logo() != Person.Logo.NONE) {
            AffineTransform place = AffineTransform.getTranslateInstance(x, y);
            place.scale(radius, radius);
            Brush.fill(g, person.logoColour(), place.createTransformedShape(logoShape()));
        }
    }

    private Shape logoShape() {
        return switch (person.logo()) {
            case NONE, DISC -> Brush.oval(0, 0, 0.95, 0.95);
            case SQUARE -> Brush.rect(-0.85, -0.85, 0.85, 0.85);
            case TRIANGLE -> Brush.polygon(0, -1, 1, 0.85, -1, 0.85);
            case STAR -> star();
            case CROSS ->
                Brush.polygon(
                        -0.35, -1, 0.35, -1, 0.35, -0.35, 1, -0.35, 1, 0.35, 0.35, 0.35, 0.35, 1, -0.35, 1, -0.35, 0.35,
                        -1, 0.35, -1, -0.35, -0.35, -0.35);
        };
    }

    private static Shape star() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, -1.1);
        for (int i = 1; i < 10; i++) {
            double radius = i % 2 == 0 ? 1.1 : 0.48;
            path.lineTo(radius * Brush.sin(36.0 * i), -radius * Brush.cos(36.0 * i));
        }
        path.closePath();
        return path;
    }
}
