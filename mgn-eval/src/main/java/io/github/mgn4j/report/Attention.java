package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import java.util.List;

/** An image with the activation maps of the network's branches. Immutable. */
record Attention(ReidImage image, List<ActivationMap> maps) {
    Attention {
        maps = List.copyOf(maps);
    }
}
