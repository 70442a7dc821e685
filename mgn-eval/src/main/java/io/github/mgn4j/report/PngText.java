package io.github.mgn4j.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Text in pictures. On a machine without fonts, or with a Java without font libraries, Java2D throws various errors as
 * soon as a letter is drawn. Pictures then have no text; the page's own text says everything.
 */
final class PngText {
    private static final Logger LOG = LoggerFactory.getLogger(PngText.class);
    private static final boolean AVAILABLE = probe();

    private PngText() {}

    static void draw(
            Graphics2D graphics, String text, double x, double y, Canvas.Anchor anchor, int size, Color color) {
        if (!AVAILABLE) {
            return;
        }
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
        graphics.setColor(color);
        double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        double offset = switch (anchor) {
            case START -> 0;
            case MIDDLE -> width / 2;
            case END -> width;
        };
        graphics.drawString(text, (float) (x - offset), (float) y);
    }

    private static boolean probe() {
        Graphics2D graphics = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            graphics.getFontMetrics().stringWidth("0");
            graphics.drawString("0", 0, 8);
            return true;
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // Observed: a plain Error ("No physical fonts found"), InternalError, NullPointerException,
            // UnsatisfiedLinkError.
            LOG.debug("no fonts: pictures come without text", e);
            return false;
        } finally {
            graphics.dispose();
        }
    }
}
