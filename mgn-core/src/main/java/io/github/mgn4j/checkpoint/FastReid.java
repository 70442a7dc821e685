package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.util.ArrayList;
import java.util.List;

/** What fast-reid's networks share. */
final class FastReid {
    /** Buffers of the preprocessing, on the scale 0..255. */
    static final List<String> PIXELS = List.of("pixel_mean", "pixel_std");

    private static final float SCALE = 255;

    private FastReid() {}

    /** Returns bicubic resizing without mirrors, with the mean and standard deviation of the file if it has them. */
    static Preprocessing preprocessing(CheckpointTensors tensors) {
        Preprocessing usual =
                Preprocessing.imageNet().withResampling(Resampling.BICUBIC).withFlip(false);
        Tensor mean = tensors.get(PIXELS.get(0));
        Tensor deviation = tensors.get(PIXELS.get(1));
        return mean == null || deviation == null
                ? usual
                : usual.withNormalisation(scaled(PIXELS.get(0), mean), scaled(PIXELS.get(1), deviation));
    }

    private static List<Float> scaled(String name, Tensor tensor) {
        WeightsException.check(
                tensor.size() == 3, "tensor '%s' has %s values, expected 3 (red, green, blue)", name, tensor.size());
        List<Float> values = new ArrayList<>();
        for (float value : tensor.toArray()) {
            values.add(value / SCALE);
        }
        return values;
    }
}
