package io.github.mgn4j.report;

import io.github.mgn4j.eval.CameraPairs;
import io.github.mgn4j.eval.ReidMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of camera pairs: a row per query camera, a column per gallery camera. */
final class CameraSection {
    private CameraSection() {}

    static void write(CameraPairs pairs, StringBuilder page) {
        page.append(
                "<section class=\"card\">\n<h2>Camera pairs</h2>\n<p class=\"note\">Rank-1 and mAP of the queries of");
        page.append(" one camera (rows) in the gallery of another (columns).</p>\n<div class=\"scroll\"><table");
        page.append(" class=\"cameras\">\n<thead><tr><th></th>");
        for (int camera : pairs.galleryCameras()) {
            page.append("<th>cam ").append(camera).append("</th>");
        }
        page.append("</tr></thead>\n<tbody>\n");
        for (int row = 0; row < pairs.queryCameras().size(); row++) {
            page.append("<tr><th>cam ").append(pairs.queryCameras().get(row)).append("</th>");
            List<Optional<ReidMetrics>> cells = pairs.cells().get(row);
            cells.forEach(cell -> page.append("<td>")
                    .append(cell.map(CameraSection::cell).orElse("&#8211;"))
                    .append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table></div>\n</section>\n");
    }

    private static String cell(ReidMetrics metrics) {
        return String.format(Locale.ROOT, "%.1f <small>%.1f</small>", 100 * metrics.rank1(), 100 * metrics.mAP());
    }
}
