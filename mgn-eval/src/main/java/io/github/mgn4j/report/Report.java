package io.github.mgn4j.report;

import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.internal.io.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A report of an evaluation: {@code report.html}, which holds all it shows and needs neither network nor scripts, and beside
 * it the same pictures as PNGs. Immutable.
 *
 * <pre>{@code
 * DatasetEvaluation evaluation = new Evaluator(Metric.EUCLIDEAN).evaluate(extractor, dataset);
 * Report.of(evaluation).write(Path.of("report"));
 * }</pre>
 */
public final class Report {
    /** Name of the page. */
    public static final String PAGE = ReportWriter.PAGE;

    /** Names of the files that a report may consist of, the page first. */
    public static final List<String> FILES = ReportWriter.FILES;

    private final ReportData data;

    Report(ReportData data) {
        this.data = data;
    }

    /** Returns the report of an evaluation, as {@link #builder} makes it without any option. */
    public static Report of(DatasetEvaluation evaluation) {
        return builder(evaluation).build();
    }

    /** Begins a report of an evaluation. */
    public static ReportBuilder builder(DatasetEvaluation evaluation) {
        return new ReportBuilder(evaluation);
    }

    /**
     * Writes the files: all appear, in the places of an earlier report's, or none. Images that cannot be read are shown as
     * empty frames.
     *
     * @param folder created if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    public Path write(Path folder) throws IOException {
        return ReportWriter.write(folder, data);
    }

    /** Writes the files aside, to be published with others; as {@link #write(Path)}. */
    public Path write(OutputFiles files, Path folder) throws IOException {
        return ReportWriter.write(files, folder, data);
    }
}
