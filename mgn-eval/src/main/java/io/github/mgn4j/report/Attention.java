package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import java.util.List;

/** Where in an image the branches of a network look. Immutable. */
public record Attention(ReportImage image, List<Layer> layers) {
    public Attention {
        layers = List.copyOf(layers);
    }

    /**
     * One branch.
     *
     * @param name such as "global" or "2 stripes"
     */
    public record Layer(String name, ActivationMap map) {}
}
