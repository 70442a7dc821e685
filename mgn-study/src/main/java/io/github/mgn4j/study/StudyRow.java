package io.github.mgn4j.study;

import io.github.mgn4j.train.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A row of a study: one network, or several whose features are joined. Immutable.
 *
 * @param name the row's name in the table
 * @param networks the networks in the order of their features
 * @param normalise whether each network's feature is divided by its Euclidean length before the features are joined
 * @param published figures of an article to show beside the row's
 */
public record StudyRow(String name, List<StudyNetwork> networks, boolean normalise, PublishedFigures published) {
    /**
     * Checks the row.
     *
     * @throws StudyException if it has no name or no network
     */
    public StudyRow {
        networks = List.copyOf(networks);
        StudyException.check(!fileName(name).isEmpty(), "row '%s': a name with a letter or a digit expected", name);
        StudyException.check(!networks.isEmpty(), "row '%s': no networks, expected at least one", name);
    }

    /** Creates a row of one network without published figures. */
    public static StudyRow of(String name, StudyNetwork network) {
        return new StudyRow(name, List.of(network), false, PublishedFigures.NONE);
    }

    /** Creates a row of several networks whose features are joined. */
    public static StudyRow joined(String name, List<StudyNetwork> networks, boolean normalise) {
        return new StudyRow(name, networks, normalise, PublishedFigures.NONE);
    }

    /** Returns this row with figures of an article. */
    public StudyRow withPublished(PublishedFigures figures) {
        return new StudyRow(name, networks, normalise, figures);
    }

    /** Returns this row with the recipe of each network changed. */
    public StudyRow withRecipes(UnaryOperator<Recipe> change) {
        return new StudyRow(
                name, networks.stream().map(n -> n.withRecipe(change)).toList(), normalise, published);
    }

    /**
     * Returns this row with the backbones that its networks start from: for each network the first of its depth and width.
     *
     * @throws StudyException if there is none for a network
     */
    public StudyRow withStarts(List<StartingBackbone> backbones) {
        List<StudyNetwork> started = new ArrayList<>();
        for (StudyNetwork network : networks) {
            started.add(network.withStart(backbones.stream()
                    .filter(backbone -> backbone.fits(network.spec()))
                    .findFirst()
                    .orElseThrow(() -> noStart(network, backbones))));
        }
        return new StudyRow(name, started, normalise, published);
    }

    private StudyException noStart(StudyNetwork network, List<StartingBackbone> backbones) {
        return new StudyException(
                "row '%s' has a ResNet-%d of width %s to start, %s; a file for each depth and width expected"
                        .formatted(
                                name,
                                network.spec().backbone().depth(),
                                network.spec().backbone().width(),
                                backbones.stream().map(StartingBackbone::size).collect(Collectors.joining(", "))));
    }

    /** Returns the number of trainable values of all networks, classifiers included. */
    public long parameters() {
        return networks.stream().mapToLong(StudyNetwork::parameters).sum();
    }

    /** Returns the multiply-accumulates per image of all networks, classifiers included. */
    public long macs() {
        return networks.stream().mapToLong(StudyNetwork::macs).sum();
    }

    StudyRow withClasses(int classes) {
        return new StudyRow(
                name, networks.stream().map(n -> n.withClasses(classes)).toList(), normalise, published);
    }

    /** Returns the beginning of the names of the row's files. */
    String fileName() {
        return fileName(name);
    }

    private static String fileName(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }
}
