package io.github.mgn4j.train;

import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Presets;
import org.jspecify.annotations.Nullable;

/**
 * The network that a recipe trains when it has no model to start from: a preset and the settings that differ from it. A
 * null setting keeps the preset's value.
 *
 * @param preset a name of {@link Presets}
 * @param depth depth of the ResNet: 18, 34, 50 or 101
 * @param width multiplier of all channel counts
 * @param input image size
 * @param pooling pooling of maps to vectors
 * @param embedding length of the reduced vectors
 * @param globalClassifier which global vector is classified
 */
public record NetworkSettings(
        String preset,
        @Nullable Integer depth,
        @Nullable Double width,
        @Nullable InputSize input,
        @Nullable Pooling pooling,
        @Nullable Integer embedding,
        @Nullable ClassifierPosition globalClassifier) {
    /** The article's network. */
    public static final NetworkSettings MGN = preset("mgn");

    /**
     * Checks the preset.
     *
     * @throws RecipeException if there is no preset of this name
     */
    public NetworkSettings {
        RecipeException.check(
                Presets.all().containsKey(preset),
                "unknown network preset '%s'; there are %s",
                preset,
                String.join(", ", Presets.all().keySet()));
    }

    /** Returns a preset without changes. */
    public static NetworkSettings preset(String name) {
        return new NetworkSettings(name, null, null, null, null, null, null);
    }

    /**
     * Returns the network for a number of identities.
     *
     * @throws io.github.mgn4j.spec.SpecException if the settings are inconsistent
     */
    public MgnSpec spec(int classes) {
        MgnSpec base = Presets.named(preset, classes);
        MgnSpecBuilder builder = base.toBuilder();
        builder.backbone(
                depth == null ? base.backbone().depth() : depth,
                width == null ? base.backbone().width() : width);
        if (input != null) {
            builder.input(input.height(), input.width());
        }
        if (pooling != null) {
            builder.pooling(pooling);
        }
        if (embedding != null) {
            builder.embedding(embedding);
        }
        if (globalClassifier != null) {
            builder.globalClassifier(globalClassifier);
        }
        return builder.build();
    }
}
