package io.github.mgn4j.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.LocalFeature;
import io.github.mgn4j.spec.MgnSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maps the names of this project's parameters to another naming; the layers themselves are the same. */
final class LayoutKeys {
    private final Map<String, String> prefixes;

    /** Creates the map from the parameters of {@code spec}, a network of the paper's form, to a naming. */
    LayoutKeys(ImportLayout layout, MgnSpec spec) {
        this.prefixes = switch (layout) {
            case TORCHVISION -> torchvision(spec);
            case MGN_PYTORCH, REID_MGN -> publicMgn(layout, spec);
            case MGN -> ImmutableMap.of("", "");
        };
    }

    /** Returns the foreign name of a parameter; empty if the naming has none. */
    Optional<String> key(String name) {
        return prefixes.entrySet().stream()
                .filter(prefix -> name.startsWith(prefix.getKey()))
                .map(prefix ->
                        prefix.getValue() + name.substring(prefix.getKey().length()))
                .findFirst();
    }

    /** Maps every branch to the one backbone. */
    private static Map<String, String> torchvision(MgnSpec spec) {
        ImmutableMap.Builder<String, String> map = ImmutableMap.builder();
        map.put("trunk.", "");
        for (int b = 0; b < spec.branches().size(); b++) {
            map.put("branches." + b + ".", "");
        }
        return map.buildOrThrow();
    }

    private static Map<String, String> publicMgn(ImportLayout layout, MgnSpec spec) {
        ImmutableMap.Builder<String, String> map = ImmutableMap.builder();
        String trunk = trunk(layout);
        map.put("trunk.conv1.", trunk + "0.");
        map.put("trunk.bn1.", trunk + "1.");
        map.put("trunk.layer1.", trunk + "4.");
        map.put("trunk.layer2.", trunk + "5.");
        map.put("trunk.layer3.0.", trunk + "6.");
        for (int b = 0; b < spec.branches().size(); b++) {
            String theirs = "p" + (b + 1) + ".";
            for (int i = 1; i < spec.backbone().blocks(3); i++) {
                map.put("branches." + b + ".layer3." + i + ".", theirs + "0." + (i - 1) + ".");
            }
            map.put("branches." + b + ".layer4.", theirs + "1.");
        }
        List<FeaturePart> features = spec.features();
        for (int i = 0; i < features.size(); i++) {
            FeaturePart feature = features.get(i);
            String reduction = layout == ImportLayout.REID_MGN ? "reduction." : "reduction_" + i + ".";
            map.put("reductions." + feature.name() + ".", reduction);
            String classifier = feature instanceof LocalFeature stripe
                    ? "fc_id_256_" + feature.branch() + "_" + stripe.stripe()
                    : "fc_id_2048_" + feature.branch();
            map.put("classifiers." + feature.name() + ".", classifier + ".");
        }
        return map.buildOrThrow();
    }

    /** Returns the prefix of the trunk's numbers. */
    static String trunk(ImportLayout layout) {
        return layout.stem().substring(0, layout.stem().indexOf('.') + 1);
    }
}
