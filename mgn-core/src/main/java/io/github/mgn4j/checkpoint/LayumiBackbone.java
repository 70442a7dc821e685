package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import java.util.List;

/** What layumi's networks share: where the backbone is, and how images are prepared. */
abstract class LayumiBackbone extends ResNetNaming {
    LayumiBackbone() {
        super("model.");
    }

    @Override
    public final Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet().withResampling(Resampling.BICUBIC);
    }

    /** The backbone's own classifier for ImageNet, which the network does not run. */
    @Override
    public final List<String> leftOut() {
        return List.of("model.fc.");
    }
}
