package io.github.mgn4j.report;

import io.github.mgn4j.eval.Labels;
import java.nio.file.Path;

/**
 * A picture in a report.
 *
 * @param file the image; one that cannot be read is shown as an empty frame
 * @param camid negative where it is not known
 */
public record ReportImage(Path file, int pid, int camid) {
    public boolean isDistractor() {
        return pid == Labels.DISTRACTOR;
    }

    /** What to write under it. */
    String camera() {
        return camid < 0 ? "" : "cam " + camid;
    }
}
