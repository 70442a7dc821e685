package io.github.mgn4j.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.util.HashSet;
import java.util.Set;

/** Augmentations by name, as recipes and {@code --augment} give them. */
public final class Augmentations {
    private static final String NONE = "none";
    private static final ImmutableMap<String, Augmentation> NAMED = ImmutableMap.of(
            "flip",
            new HorizontalFlip(0.5),
            "crop",
            new PadAndCrop(10),
            "erase",
            RandomErasing.PUBLISHED,
            "jitter",
            ColourJitter.FAST_REID);

    private Augmentations() {}

    /**
     * The augmentations of a list, one after the other: {@code none}, or names separated by commas out of {@code flip}
     * (probability 0.5), {@code crop} (margin 10), {@code erase} ({@link RandomErasing#PUBLISHED}) and {@code jitter}
     * ({@link ColourJitter#FAST_REID}).
     *
     * @throws DatasetException on an unknown or repeated name
     */
    public static Augmentation parse(String names) {
        if (names.strip().equals(NONE)) {
            return Augmentation.NONE;
        }
        Augmentation all = Augmentation.NONE;
        Set<String> seen = new HashSet<>();
        for (String name : Splitter.on(',').trimResults().split(names)) {
            Augmentation next = NAMED.get(name);
            if (next == null) {
                throw new DatasetException("unknown augmentation '" + name + "'; wanted: none, or a list of "
                        + String.join(", ", NAMED.keySet()));
            }
            DatasetException.check(seen.add(name), "augmentation '%s' is named twice", name);
            all = all.then(next);
        }
        return all;
    }
}
