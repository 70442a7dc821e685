package io.github.mgn4j.report;

import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.internal.io.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A report of an evaluation: {@code report.html}, a self-contained page without scripts, and its pictures as PNG files
 * beside it. Immutable.
 *
 * <pre>{@code
 * DatasetEvaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(extractor, dataset);
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

    /** Returns the report of an evaluation with default options; see {@link #builder}. */
    public static Report of(DatasetEvaluation evaluation) {
        return builder(evaluation).build();
    }

    /** Creates a builder for a report of an evaluation. */
    public static ReportBuilder builder(DatasetEvaluation evaluation) {
        return new ReportBuilder(evaluation);
    }

    /**
     * Writes the files, all or none; they replace those of an earlier report. Images that cannot be read are shown as
     * empty frames.
     *
     * @param folder created if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    public Path write(Path folder) throws IOException {
        return ReportWriter.write(folder, data);
    }

    /**
     * Writes the files as part of a larger set, which is published as a whole; see {@link #write(Path)}.
     *
     * @param files the set of files
     * @param folder created if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    public Path write(OutputFiles files, Path folder) throws IOException {
        return ReportWriter.write(files, folder, data);
    }
}
