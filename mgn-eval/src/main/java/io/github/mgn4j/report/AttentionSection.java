package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.report.Canvas.Anchor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Images with their activation maps beside them, as a section of the page and as a picture. */
final class AttentionSection {
    private static final int WIDTH = 128;
    private static final int HEIGHT = 256;
    private static final int GAP = 8;
    private static final int MARGIN = 20;
    /** Rows of images side by side in the picture. */
    private static final int ACROSS = 2;

    private final List<Row> rows;
    private final Attention.Kind kind;

    /** An image and its maps. */
    private record Row(ReidImage image, List<Cell> cells) {}

    private record Cell(String name, BufferedImage picture) {}

    private AttentionSection(List<Row> rows, Attention.Kind kind) {
        this.rows = rows;
        this.kind = kind;
    }

    /** Draws the maps, which are all of one kind. Images that cannot be read are left out. */
    static AttentionSection of(List<Attention> images) {
        List<Row> rows = new ArrayList<>();
        for (Attention attention : images) {
            BufferedImage read = Pictures.thumbnail(attention.image().path(), WIDTH, HEIGHT);
            if (read != null) {
                BufferedImage image = Pictures.enlarged(read, WIDTH, HEIGHT);
                List<Cell> cells = new ArrayList<>();
                cells.add(new Cell("person " + attention.image().pid(), image));
                for (ActivationMap map : attention.maps()) {
                    cells.add(new Cell(map.branch(), HeatMap.over(image, map)));
                }
                rows.add(new Row(attention.image(), cells));
            }
        }
        return new AttentionSection(
                rows,
                images.isEmpty() ? Attention.Kind.ACTIVATION : images.get(0).kind());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void write(StringBuilder page) throws IOException {
        if (rows.isEmpty()) {
            return;
        }
        page.append("<section class=\"card\">\n<h2>").append(kind.title).append("</h2>\n<p class=\"note\">");
        page.append(kind.note);
        page.append("<span class=\"heat\">low<i class=\"ramp\"></i>high</span></p>\n<div class=\"looks\">\n");
        for (Row row : rows) {
            page.append("<div class=\"look\">\n");
            for (Cell cell : row.cells()) {
                String name = Html.escape(cell.name());
                String description = cell.equals(row.cells().get(0))
                        ? name
                        : "map of the branch \"" + cell.name() + "\" over person "
                                + row.image().pid();
                page.append("<figure><img src=\"").append(Html.dataUri(Pictures.jpeg(cell.picture())));
                page.append("\" alt=\"").append(Html.escape(description)).append("\"/><figcaption>");
                page.append(name).append("</figcaption></figure>\n");
            }
            page.append("</div>\n");
        }
        page.append("</div>\n</section>\n");
    }

    BufferedImage toImage() {
        int longest = rows.stream().mapToInt(row -> row.cells().size()).max().orElse(1);
        int cellWidth = WIDTH + GAP;
        int width = longest * cellWidth + 2 * MARGIN;
        int height = HEIGHT + 24 + MARGIN;
        int lines = (rows.size() + ACROSS - 1) / ACROSS;
        BufferedImage picture = new BufferedImage(
                Math.min(ACROSS, rows.size()) * width, MARGIN + lines * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        for (int i = 0; i < rows.size(); i++) {
            List<Cell> cells = rows.get(i).cells();
            int y = MARGIN + i / ACROSS * height;
            for (int k = 0; k < cells.size(); k++) {
                int x = i % ACROSS * width + MARGIN + k * cellWidth;
                Pictures.place(cells.get(k).picture(), graphics, x, y, WIDTH, HEIGHT);
                PngText.draw(
                        graphics,
                        cells.get(k).name(),
                        x + WIDTH / 2.0,
                        y + HEIGHT + 18,
                        Anchor.MIDDLE,
                        14,
                        Ink.TEXT.color());
            }
        }
        graphics.dispose();
        return picture;
    }
}
