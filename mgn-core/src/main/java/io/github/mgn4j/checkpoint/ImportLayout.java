package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.WeightsException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The naming of a checkpoint's tensors, in the order in which it is detected. */
public enum ImportLayout {
    /** This project's own model file. */
    MGN,
    /**
     * The most used public PyTorch MGN: {@code backone.0.weight}, {@code p1.0.0.conv1.weight}, {@code reduction_0}.
     */
    MGN_PYTORCH,
    /** fast-reid's MGN, in all its generations: {@code backbone.0.weight}, {@code b1.0.0.conv1.weight}, {@code b1_head}. */
    FASTREID_MGN,
    /** Another public MGN: {@code backbone.0.weight}, {@code p1}, one {@code reduction} for all features. */
    REID_MGN,
    /** fast-reid's bag of tricks: {@code backbone.conv1.weight}, {@code heads}. */
    FASTREID_BOT,
    /** reid-strong-baseline: {@code base.conv1.weight}, {@code bottleneck}. */
    STRONG_BASELINE,
    /** Layumi's PCB: {@code model.conv1.weight}, {@code classifier0}. */
    LAYUMI_PCB,
    /** Layumi's {@code ft_net}: {@code model.conv1.weight}, {@code classifier.add_block}. */
    LAYUMI,
    /** Torchreid's PCB: {@code conv1.weight}, {@code conv5.layers}. */
    TORCHREID_PCB,
    /** Torchreid's ResNets with their classifier: {@code conv1.weight}, {@code classifier.weight}. */
    TORCHREID,
    /**
     * A ResNet of torchvision: {@code conv1.weight}, {@code layer1.0.conv1.weight}. Its classifier is ignored.
     */
    TORCHVISION;

    private static final String OWN_STEM = "trunk.conv1.weight";

    /** Returns the naming; empty for the project's own. */
    Optional<Naming> naming() {
        return Optional.ofNullable(
                switch (this) {
                    case MGN -> null;
                    case MGN_PYTORCH -> new MgnNaming("backone.", false);
                    case FASTREID_MGN -> new FastReidMgnNaming();
                    case REID_MGN -> new MgnNaming("backbone.", true);
                    case FASTREID_BOT -> new FastReidBaselineNaming();
                    case STRONG_BASELINE -> new StrongBaselineNaming();
                    case LAYUMI_PCB -> new LayumiPcbNaming();
                    case LAYUMI -> new LayumiNaming();
                    case TORCHREID_PCB -> new TorchreidPcbNaming();
                    case TORCHREID -> new TorchreidNaming();
                    case TORCHVISION -> new TorchvisionNaming();
                });
    }

    /** Returns the name on the command line, such as {@code mgn-pytorch}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the labels of all namings, separated by commas. */
    public static String labels() {
        return Stream.of(values()).map(ImportLayout::label).collect(Collectors.joining(", "));
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
                .orElseThrow(() ->
                        new WeightsException("unknown layout '%s'; there are auto, %s".formatted(label, labels()))));
    }

    /** Returns the first naming in which those tensors' names occur, if any. */
    static Optional<ImportLayout> detect(CheckpointTensors tensors) {
        return Stream.of(values())
                .filter(layout ->
                        layout.naming().map(naming -> naming.matches(tensors)).orElseGet(() -> tensors.has(OWN_STEM)))
                .findFirst();
    }
}
