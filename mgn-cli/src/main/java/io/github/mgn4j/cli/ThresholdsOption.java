package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that stores thresholds for same-person verdicts in a copy of the model. */
final class ThresholdsOption {
    /** Number of accepted different-person pairs from which a rate is accurate to about a third of its value. */
    private static final int ENOUGH = 30;

    @Option(
            names = "--store-thresholds",
            paramLabel = "MODEL2",
            description =
                    "Also write a copy of the model with thresholds for verify, at those false-accept rates of 0.1 to"
                            + " 0.0001 that the data has enough pairs for.")
    private @Nullable Path file;

    /** Checks, before any work, that the file may be written and that the distances are between two images. */
    void check(OutputOptions output, boolean expanded) throws IOException {
        if (file != null && expanded) {
            throw new IllegalArgumentException(
                    "--store-thresholds is for the distances of two images: not with --expand, which changes features");
        }
        output.check(file);
    }

    /**
     * Writes the copy as part of a set that is published as a whole.
     *
     * @return lines to print about it
     */
    List<String> write(OutputFiles files, Model model, boolean flip, DatasetEvaluation evaluation) throws IOException {
        if (file == null) {
            return List.of();
        }
        VerificationThresholds thresholds = evaluation.thresholds(flip, data(evaluation.features()));
        ModelFile.write(files, file, model.withThresholds(thresholds));
        return lines(thresholds, file);
    }

    private static String data(TestFeatures test) {
        ReidDataset dataset = Objects.requireNonNull(test.dataset());
        return String.format(
                Locale.ROOT,
                "%s (%s): %d queries, %d gallery images",
                FileNames.text(dataset.root().toAbsolutePath().normalize().getFileName()),
                dataset.name(),
                test.query().labels().size(),
                test.gallery().labels().size());
    }

    private static List<String> lines(VerificationThresholds thresholds, Path file) {
        List<String> lines = new ArrayList<>();
        List<Double> stored =
                thresholds.thresholds().stream().map(Threshold::falseAcceptRate).toList();
        for (double rate : Verifier.FALSE_ACCEPT_RATES) {
            double pairs = rate * thresholds.differentPairs();
            if (!stored.contains(rate)) {
                lines.add(String.format(
                        Locale.ROOT,
                        "no threshold at a false-accept rate of %s: %d pairs of two people, at least %.0f needed",
                        ThresholdsText.rate(rate),
                        thresholds.differentPairs(),
                        1 / rate));
            } else if (pairs < ENOUGH) {
                lines.add(String.format(
                        Locale.ROOT,
                        "the threshold at a false-accept rate of %s rests on %d pairs: it may be far off",
                        ThresholdsText.rate(rate),
                        (long) pairs));
            }
        }
        lines.add(stored.size() + " thresholds for same-person verdicts -> " + file);
        return lines;
    }
}
