package io.github.mgn4j.cli;

import io.github.mgn4j.internal.io.Messages;
import io.github.mgn4j.model.Provenance;
import java.util.stream.Collectors;

/** Describes the origin of a model for {@code info}, one line for each step. */
final class ProvenanceText {
    private ProvenanceText() {}

    static String text(Provenance provenance) {
        return "provenance\n"
                + provenance.steps().stream()
                        .map(step -> "  " + Messages.oneLine(line(step)))
                        .collect(Collectors.joining("\n"));
    }

    private static String line(Provenance.Step step) {
        String made = step.kind() == Provenance.Kind.IMPORT
                ? "imported from %s (layout %s) on %s".formatted(step.file(), step.layout(), step.date())
                : "trained from " + step.file();
        return made + " by " + step.library() + "; SHA-256 of that file: " + step.sha256();
    }
}
