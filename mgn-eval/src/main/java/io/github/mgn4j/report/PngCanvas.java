package io.github.mgn4j.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Composite;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/** Draws a picture on white, at twice the size so that it is sharp on high-resolution screens. */
final class PngCanvas implements Canvas {
    private static final int SCALE = 2;

    private final BufferedImage image;
    private final Graphics2D graphics;

    PngCanvas(int width, int height) {
        image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(SCALE, SCALE);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink) {
        graphics.setColor(ink.color());
        graphics.setStroke(new BasicStroke(1));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void curve(double[] points, Ink ink) {
        graphics.setColor(ink.color());
        graphics.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(path(points));
    }

    @Override
    public void area(double[] points, Ink ink) {
        Composite before = graphics.getComposite();
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, 0.16f));
        graphics.setColor(ink.color());
        Path2D path = path(points);
        path.closePath();
        graphics.fill(path);
        graphics.setComposite(before);
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        graphics.setColor(ink.color());
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void ring(double x, double y, double radius, Ink ink) {
        graphics.setColor(ink.color());
        graphics.setStroke(new BasicStroke(1.75f));
        graphics.draw(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void label(double x, double y, String text) {
        for (int i = 0; i < 8; i++) {
            double turn = Math.PI * i / 4;
            PngText.draw(
                    graphics, text, x + 1.5 * Math.cos(turn), y + 1.5 * Math.sin(turn), Anchor.MIDDLE, 12, Color.WHITE);
        }
        PngText.draw(graphics, text, x, y, Anchor.MIDDLE, 12, Ink.MARK.color());
    }

    @Override
    public void text(double x, double y, String text, Anchor anchor, Ink ink) {
        PngText.draw(graphics, text, x, y, anchor, 12, ink.color());
    }

    private static Path2D path(double[] points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        return path;
    }

    /** Returns the finished picture. */
    BufferedImage finish() {
        graphics.dispose();
        return image;
    }
}
