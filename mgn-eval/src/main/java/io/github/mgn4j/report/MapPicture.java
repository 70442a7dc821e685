package io.github.mgn4j.report;

import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws an {@link EmbeddingMap}: a dot per gallery image, a ring per query, and each person's pid beside their images.
 */
final class MapPicture {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 520;
    private static final int MARGIN = 18;
    /** Room for a label, with the larger letters of phones. A person without room gets no label. */
    private static final int LABEL_WIDTH = 48;

    private static final int LABEL_HEIGHT = 22;

    private final EmbeddingMap map;

    MapPicture(EmbeddingMap map) {
        this.map = map;
    }

    String toSvg() {
        SvgCanvas canvas = new SvgCanvas(WIDTH, HEIGHT, description());
        draw(canvas);
        return canvas.finish();
    }

    BufferedImage toImage() {
        PngCanvas canvas = new PngCanvas(WIDTH, HEIGHT);
        draw(canvas);
        return canvas.finish();
    }

    /** Returns the text alternative for screen readers. */
    String description() {
        return String.format(
                Locale.ROOT,
                "t-SNE map of %,d images, people coloured: %d",
                map.points().size(),
                map.people().size());
    }

    private void draw(Canvas canvas) {
        double left = extreme(EmbeddingMap.Point::x, -1);
        double right = extreme(EmbeddingMap.Point::x, 1);
        double top = extreme(EmbeddingMap.Point::y, -1);
        double bottom = extreme(EmbeddingMap.Point::y, 1);
        // One scale for both axes, so that distances are the same in every direction.
        double scale = Math.min(
                (WIDTH - 2 * MARGIN) / Math.max(1e-9, right - left),
                (HEIGHT - 2 * MARGIN) / Math.max(1e-9, bottom - top));
        ToDoubleFunction<EmbeddingMap.Point> x = point -> WIDTH / 2.0 + (point.x() - (left + right) / 2) * scale;
        ToDoubleFunction<EmbeddingMap.Point> y = point -> HEIGHT / 2.0 + (point.y() - (top + bottom) / 2) * scale;
        for (EmbeddingMap.Point point : map.points()) {
            int person = map.people().indexOf(point.pid());
            Ink ink = person < 0 ? Ink.OTHERS : Ink.person(person);
            double radius = person < 0 ? 2.5 : 4;
            if (point.query() && person >= 0) {
                canvas.ring(x.applyAsDouble(point), y.applyAsDouble(point), radius + 1, ink);
            } else {
                canvas.dot(x.applyAsDouble(point), y.applyAsDouble(point), radius, ink);
            }
        }
        List<Point2D> labels = new ArrayList<>();
        for (int pid : map.people()) {
            Point2D at = central(pid).stream()
                    .map(point -> new Point2D.Double(x.applyAsDouble(point), y.applyAsDouble(point) - 7))
                    .filter(spot -> labels.stream()
                            .noneMatch(other -> Math.abs(other.getX() - spot.x) < LABEL_WIDTH
                                    && Math.abs(other.getY() - spot.y) < LABEL_HEIGHT))
                    .findFirst()
                    .orElse(null);
            if (at != null) {
                labels.add(at);
                canvas.label(at.getX(), at.getY(), "" + pid);
            }
        }
    }

    private double extreme(ToDoubleFunction<EmbeddingMap.Point> coordinate, int sign) {
        return sign
                * map.points().stream()
                        .mapToDouble(point -> sign * coordinate.applyAsDouble(point))
                        .max()
                        .orElse(0);
    }

    /** Returns a person's images, most central first. The mean may lie where there is no image. */
    private List<EmbeddingMap.Point> central(int pid) {
        List<EmbeddingMap.Point> images =
                map.points().stream().filter(point -> point.pid() == pid).toList();
        return images.stream()
                .sorted(Comparator.comparingDouble(image -> images.stream()
                        .mapToDouble(other -> Math.hypot(image.x() - other.x(), image.y() - other.y()))
                        .sum()))
                .toList();
    }
}
