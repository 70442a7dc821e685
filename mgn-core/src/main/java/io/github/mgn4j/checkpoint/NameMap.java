package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.MgnSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds a map of prefixes: those of this project's parameters to those of another naming. */
final class NameMap {
    private final Map<String, String> prefixes = new LinkedHashMap<>();
    private final MgnSpec spec;

    NameMap(MgnSpec spec) {
        this.spec = spec;
    }

    /** Adds torchvision's names behind a prefix; every branch is the one backbone. */
    NameMap resNet(String prefix) {
        prefixes.put("trunk.", prefix);
        for (int b = 0; b < spec.branches().size(); b++) {
            prefixes.put("branches." + b + ".", prefix);
        }
        return this;
    }

    /**
     * Adds a trunk in a {@code Sequential} and branches of two {@code Sequential}s, as all public MGNs have.
     *
     * @param trunk prefix of the trunk's numbers, such as {@code backone.}
     * @param branch prefix of a branch's number, from 1: {@code p} or {@code b}
     */
    NameMap sequential(String trunk, String branch) {
        prefixes.put("trunk.conv1.", trunk + "0.");
        prefixes.put("trunk.bn1.", trunk + "1.");
        prefixes.put("trunk.layer1.", trunk + "4.");
        prefixes.put("trunk.layer2.", trunk + "5.");
        prefixes.put("trunk.layer3.0.", trunk + "6.");
        for (int b = 0; b < spec.branches().size(); b++) {
            String theirs = branch + (b + 1) + ".";
            for (int i = 1; i < spec.backbone().blocks(3); i++) {
                prefixes.put("branches." + b + ".layer3." + i + ".", theirs + "0." + (i - 1) + ".");
            }
            prefixes.put("branches." + b + ".layer4.", theirs + "1.");
        }
        return this;
    }

    /**
     * Adds one layer of every feature.
     *
     * @param ours such as {@code reductions}
     * @param behind what follows the feature's name, such as {@code .0.}
     * @param theirs the names in the order of the features; a single one serves them all
     */
    NameMap heads(String ours, String behind, List<String> theirs) {
        List<FeaturePart> features = spec.features();
        for (int i = 0; i < features.size(); i++) {
            prefixes.put(ours + "." + features.get(i).name() + behind, theirs.get(theirs.size() == 1 ? 0 : i));
        }
        return this;
    }

    Map<String, String> build() {
        return prefixes;
    }

    /** Returns the foreign name of a parameter; empty if the map has none. */
    static Optional<String> key(Map<String, String> prefixes, String name) {
        return prefixes.entrySet().stream()
                .filter(prefix -> name.startsWith(prefix.getKey()))
                .map(prefix ->
                        prefix.getValue() + name.substring(prefix.getKey().length()))
                .findFirst();
    }
}
