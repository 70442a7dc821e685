package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import java.util.List;

/** Where in an image the branches of a network look. Immutable. */
record Attention(ReidImage image, List<ActivationMap> maps) {
    Attention {
        maps = List.copyOf(maps);
    }
}
