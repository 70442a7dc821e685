package io.github.mgn4j.train;

import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Presets;
import org.jspecify.annotations.Nullable;

/**
 * The network that a recipe trains when it is not given a model to start from: a preset and what differs from it. Null
 * is the preset's own.
 *
 * @param preset a name of {@link Presets}
 * @param depth of the ResNet: 18, 34, 50 or 101
 * @param width multiplier of all channel counts
 * @param input image size
 * @param pooling how maps become vectors
 * @param embedding width of the reduced vectors
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
    /** The paper's network. */
    public static final NetworkSettings MGN = preset("mgn");

    public NetworkSettings {
        RecipeException.check(
                Presets.all().containsKey(preset),
                "unknown network preset '%s'; there are %s",
                preset,
                String.join(", ", Presets.all().keySet()));
    }

    /** A preset as it is. */
    public static NetworkSettings preset(String name) {
        return new NetworkSettings(name, null, null, null, null, null, null);
    }

    /**
     * The network for a number of identities.
     *
     * @throws io.github.mgn4j.spec.SpecException if the settings do not fit together
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
