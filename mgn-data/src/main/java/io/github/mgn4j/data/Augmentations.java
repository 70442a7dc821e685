package io.github.mgn4j.data;

import com.google.common.base.Splitter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Augmentations by name, as recipes and {@code --augment} give them. */
public final class Augmentations {
    private static final String NONE = "none";
    private static final Map<String, Augmentation> NAMED =
            Map.of("flip", new HorizontalFlip(0.5), "crop", new PadAndCrop(10), "erase", RandomErasing.PUBLISHED);

    private Augmentations() {}

    /**
     * The augmentations of a list, one after the other: {@code none}, or names separated by commas out of {@code flip}
     * (probability 0.5), {@code crop} (margin 10) and {@code erase} (the published parameters).
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
                throw new DatasetException(
                        "unknown augmentation '" + name + "'; wanted: none, or a list of flip, crop, erase");
            }
            DatasetException.check(seen.add(name), "augmentation '%s' is named twice", name);
            all = all.then(next);
        }
        return all;
    }
}
