package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.WeightsException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The naming of a checkpoint's tensors. */
public enum ImportLayout {
    /**
     * A ResNet of torchvision: {@code conv1.weight}, {@code layer1.0.conv1.weight}. Its classifier is ignored.
     */
    TORCHVISION("conv1.weight"),
    /**
     * The most used public PyTorch MGN: {@code backone.0.weight}, {@code p1.0.0.conv1.weight}, {@code reduction_0}.
     */
    MGN_PYTORCH("backone.0.weight"),
    /** Another public MGN: {@code backbone.0.weight}, one {@code reduction} for all features. */
    REID_MGN("backbone.0.weight"),
    /** This project's own model file. */
    MGN("trunk.conv1.weight");

    private final String stem;

    ImportLayout(String stem) {
        this.stem = stem;
    }

    /** Returns the name of the first convolution's weight, which identifies the naming. */
    String stem() {
        return stem;
    }

    /**
     * Returns the name on the command line: {@code torchvision}, {@code mgn-pytorch}, {@code reid-mgn}, {@code mgn}.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the naming of that label; empty for {@code auto}.
     *
     * @throws WeightsException if there is none
     */
    public static Optional<ImportLayout> named(String label) {
        if (label.equals("auto")) {
            return Optional.empty();
        }
        return Optional.of(Stream.of(values())
                .filter(layout -> layout.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new WeightsException("unknown layout '%s'; there are auto, %s"
                        .formatted(
                                label,
                                String.join(
                                        ", ",
                                        Stream.of(values())
                                                .map(ImportLayout::label)
                                                .toList())))));
    }

    /** Returns the naming in which those tensor names occur, if any. */
    static Optional<ImportLayout> detect(Set<String> names) {
        return Stream.of(values()).filter(layout -> names.contains(layout.stem)).findFirst();
    }
}
