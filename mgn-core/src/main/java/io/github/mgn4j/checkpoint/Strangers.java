package io.github.mgn4j.checkpoint;

import com.google.common.base.Strings;
import io.github.mgn4j.model.WeightsException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Explains why a checkpoint's names are those of no layout. */
final class Strangers {
    /** Networks that are known and cannot be imported, by a part of a tensor's name. */
    private static final Map<String, String> OTHERS = new TreeMap<>(Map.of(
            "conv2a.conv1.weight", "OSNet (depthwise convolutions and gates)",
            "patch_embed.", "a vision transformer",
            "conv1.0.weight", "a ResNet with a stem of several convolutions (ResNet-D, ResNeSt)",
            "features.0.weight", "a network of torchvision that is no ResNet"));

    private Strangers() {}

    /** Returns an exception that names the network, or the prefix to remove, or the layouts and some names. */
    static WeightsException unknown(CheckpointTensors tensors) {
        String found = "%s tensors such as %s"
                .formatted(
                        tensors.names().size(),
                        tensors.names().stream().limit(3).toList());
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (tensors.names().stream().anyMatch(name -> name.contains(other.getKey()))) {
                return new WeightsException(
                        "it is %s, which is another network than those that can be imported: found %s"
                                .formatted(other.getValue(), found));
            }
        }
        String prefix = commonPrefix(tensors);
        Optional<ImportLayout> behind =
                prefix.isEmpty() ? Optional.empty() : ImportLayout.detect(tensors.without(prefix));
        if (behind.isPresent()) {
            return new WeightsException(
                    "no known layout, but behind '%s' the names are those of %s: --rename '^%s=' removes the prefix"
                            .formatted(prefix, behind.get().label(), prefix.replace(".", "\\.")));
        }
        return new WeightsException("no known layout (there are %s; --rename changes names): found %s"
                .formatted(ImportLayout.labels(), found));
    }

    /** Returns the beginning that all names share, up to a dot. */
    private static String commonPrefix(CheckpointTensors tensors) {
        String common = tensors.names().stream().reduce(Strings::commonPrefix).orElse("");
        return common.substring(0, common.lastIndexOf('.') + 1);
    }
}
