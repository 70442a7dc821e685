package io.github.mgn4j.report;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.report.Canvas.Anchor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ranked galleries as one picture, a query and its list per row, as in articles. */
final class GalleryStrip {
    private static final int THUMB_WIDTH = 96;
    private static final int THUMB_HEIGHT = 192;
    private static final int CELL = THUMB_WIDTH + 20;
    private static final int QUERY_GAP = 24;
    private static final int MARGIN = 16;
    private static final int ROW = THUMB_HEIGHT + 64;
    private static final Color HIT = new Color(0x15803d);
    private static final Color MISS = new Color(0xdc2626);
    private static final Color PLAIN = new Color(0x9ca3af);
    private static final Color EMPTY = new Color(0xe5e7eb);

    private GalleryStrip() {}

    /**
     * Draws the picture.
     *
     * @param thumbnails returns the picture of an image, or null
     */
    static BufferedImage draw(List<RankedGallery> galleries, Function<ReidImage, @Nullable BufferedImage> thumbnails) {
        int longest = galleries.stream().mapToInt(g -> g.entries().size()).max().orElse(0);
        int width = 2 * MARGIN + CELL + QUERY_GAP + longest * CELL;
        BufferedImage strip = new BufferedImage(width, MARGIN + galleries.size() * ROW, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = strip.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, strip.getWidth(), strip.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (int row = 0; row < galleries.size(); row++) {
            RankedGallery gallery = galleries.get(row);
            int y = MARGIN + row * ROW;
            ReidImage query = gallery.query();
            String ap = String.format(Locale.ROOT, "AP %.0f%%", 100 * gallery.ap());
            cell(
                    graphics,
                    MARGIN,
                    y,
                    thumbnails.apply(query),
                    PLAIN,
                    false,
                    "query " + RankedGallery.camera(query),
                    ap);
            for (int k = 0; k < gallery.entries().size(); k++) {
                RankedGallery.Entry entry = gallery.entries().get(k);
                ReidImage image = entry.image();
                cell(
                        graphics,
                        MARGIN + CELL + QUERY_GAP + k * CELL,
                        y,
                        thumbnails.apply(image),
                        entry.match() ? HIT : MISS,
                        image.isDistractor(),
                        (k + 1) + "  " + RankedGallery.camera(image),
                        image.isDistractor() ? "distractor" : "");
            }
        }
        graphics.dispose();
        return strip;
    }

    private static void cell(
            Graphics2D graphics,
            int x,
            int y,
            @Nullable BufferedImage thumbnail,
            Color frame,
            boolean dashed,
            String first,
            String second) {
        graphics.setColor(EMPTY);
        graphics.fillRect(x, y, THUMB_WIDTH + 8, THUMB_HEIGHT + 8);
        if (thumbnail != null) {
            Pictures.place(thumbnail, graphics, x + 4, y + 4, THUMB_WIDTH, THUMB_HEIGHT);
        }
        graphics.setColor(frame);
        float[] dashes = dashed ? new float[] {10, 6} : null;
        graphics.setStroke(new BasicStroke(4, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, dashes, 0));
        graphics.drawRect(x + 2, y + 2, THUMB_WIDTH + 4, THUMB_HEIGHT + 4);
        PngText.draw(graphics, first, x, y + THUMB_HEIGHT + 26, Anchor.START, 14, Ink.TEXT.color());
        PngText.draw(graphics, second, x, y + THUMB_HEIGHT + 43, Anchor.START, 13, Ink.TEXT.color());
    }
}
