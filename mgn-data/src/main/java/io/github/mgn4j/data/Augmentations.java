package io.github.mgn4j.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Creates augmentations by the names that recipes and {@code --augment} use. */
public final class Augmentations {
    private static final String NONE = "none";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
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
     * Returns the augmentations of a list, applied in order: {@code none}, or names separated by commas out of {@code flip}
     * (probability 0.5), {@code crop} (margin 10), {@code erase} ({@link RandomErasing#PUBLISHED}) and {@code jitter}
     * ({@link ColourJitter#FAST_REID}).
     *
     * @throws DatasetException on an unknown or repeated name
     */
    public static Augmentation parse(String names) {
        return parse(names, ImmutableMap.of());
    }

    /**
     * Returns the augmentations of a list as {@link #parse(String)} does, with further names.
     *
     * @param own a program's own augmentations by name: lower-case letters, digits and hyphens, different from the library's
     * @throws DatasetException on an unknown or repeated name, or a name of {@code own} that the list does not contain
     */
    public static Augmentation parse(String list, Map<String, Augmentation> own) {
        List<String> names = list.strip().equals(NONE)
                ? List.of()
                : Splitter.on(',').trimResults().splitToList(list);
        own.keySet().forEach(name -> {
            DatasetException.check(
                    NAME.matcher(name).matches() && !name.equals(NONE) && !NAMED.containsKey(name),
                    "an augmentation of one's own cannot be called '%s': a name of lower-case letters, digits and hyphens"
                            + " expected, other than none, %s",
                    name,
                    String.join(", ", NAMED.keySet()));
            DatasetException.check(
                    names.contains(name),
                    "the augmentation '%s' is set, but the list of augmentations is %s",
                    name,
                    names);
        });
        Augmentation all = Augmentation.NONE;
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            Augmentation next = own.getOrDefault(name, NAMED.get(name));
            if (next == null) {
                throw new DatasetException("unknown augmentation '" + name + "'; expected: none, or a list of "
                        + String.join(", ", Iterables.concat(NAMED.keySet(), own.keySet())));
            }
            DatasetException.check(seen.add(name), "augmentation '%s' is named twice", name);
            all = all.then(next);
        }
        return all;
    }
}
