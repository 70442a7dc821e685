package io.github.mgn4j.spec;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The networks of the paper's ablation tables by name. */
public final class Presets {
    private static final ImmutableMap<String, IntFunction<MgnSpec>> PRESETS = ImmutableMap.of(
            "mgn", MgnSpec::mgn,
            "resnet50", classes -> baseline(50, classes),
            "resnet101", classes -> baseline(101, classes),
            "global", classes -> single(Branch.globalOnly(), classes),
            "part-2", classes -> single(Branch.part(2), classes),
            "part-3", classes -> single(Branch.part(3), classes));

    private Presets() {}

    /**
     * Returns the presets by name, each as a function of the number of classes. {@code resnet50} and {@code resnet101} are plain
     * baselines whose feature is the pooled map.
     */
    public static Map<String, IntFunction<MgnSpec>> all() {
        return PRESETS;
    }

    /**
     * Returns the preset of that name.
     *
     * @throws SpecException if there is none
     */
    public static MgnSpec named(String name, int classes) {
        IntFunction<MgnSpec> preset = PRESETS.get(name);
        if (preset == null) {
            throw new SpecException("unknown preset '" + name + "'; there are " + String.join(", ", PRESETS.keySet()));
        }
        return preset.apply(classes);
    }

    private static MgnSpec single(Branch branch, int classes) {
        return MgnSpec.builder().branches(branch).classes(classes).build();
    }

    private static MgnSpec baseline(int depth, int classes) {
        return MgnSpec.builder()
                .backbone(depth)
                .branches(Branch.globalOnly())
                .embedding(0)
                .classes(classes)
                .build();
    }
}
