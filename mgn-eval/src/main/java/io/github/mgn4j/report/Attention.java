package io.github.mgn4j.report;

import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import java.util.List;

/** An image with maps of the network's branches. Immutable. */
record Attention(ReidImage image, List<ActivationMap> maps, Kind kind) {
    /** What the maps show. */
    enum Kind {
        /** The activation of the cells of each branch's last map. */
        ACTIVATION(
                "Activation maps",
                "Where each branch responds: its last feature map, squared and averaged over the channels, scaled for every"
                        + " image by itself. A cell sees more of the image than it covers here. "),
        /** How far each branch's features move when a tile of the image is painted over. */
        OCCLUSION(
                "Occlusion maps",
                "What each branch's features depend on: how far they move when a tile of the image is painted over, scaled"
                        + " for every image by itself. ");

        final String title;
        final String note;

        Kind(String title, String note) {
            this.title = title;
            this.note = note;
        }
    }

    Attention {
        maps = List.copyOf(maps);
    }
}
