package io.github.mgn4j.spec;

import com.google.common.base.Joiner;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One branch: the rest of the backbone after the split, and the features computed from its last map.
 *
 * @param global whether the branch has a global feature (the whole map pooled)
 * @param stripes granularities: each number n gives n local features, pooled from n horizontal stripes of the map, top to
 *     bottom; may be empty. The paper's branches have none, 2 and 3
 * @param unitStrideStages stages of this branch whose first block keeps the resolution of its input (stride 1 on the 3x3
 *     convolution and on the shortcut) where a ResNet would halve it; {4} in the paper's part branches
 */
public record Branch(boolean global, List<Integer> stripes, SortedSet<Integer> unitStrideStages) {
    public Branch {
        stripes = List.copyOf(stripes);
        unitStrideStages = Collections.unmodifiableSortedSet(new TreeSet<>(unitStrideStages));
        for (int n : stripes) {
            SpecException.check(
                    n >= 2, "a stripe count must be at least 2, not %s (a single stripe is the global feature)", n);
        }
        SpecException.check(
                stripes.stream().distinct().count() == stripes.size(),
                "a branch names each stripe count once, not %s",
                stripes);
        SpecException.check(global || !stripes.isEmpty(), "a branch needs a feature: a global one, stripes, or both");
    }

    /** Creates the paper's global branch: one vector of the map at the backbone's own resolution. */
    public static Branch globalOnly() {
        return new Branch(true, List.of(), Collections.emptySortedSet());
    }

    /**
     * Creates the paper's part-n branch: a global vector and n stripes of the map whose last stage keeps its resolution.
     */
    public static Branch part(int... stripes) {
        return new Branch(true, Arrays.stream(stripes).boxed().toList(), new TreeSet<>(List.of(4)));
    }

    /** Returns the name in reports: {@code global}, {@code part-2}, or {@code part-2, part-3} for stripes of two granularities. */
    public String name() {
        return stripes.isEmpty() ? "global" : "part-" + Joiner.on(", part-").join(stripes);
    }

    /** Returns this branch without its global feature. */
    public Branch withoutGlobal() {
        return new Branch(false, stripes, unitStrideStages);
    }
}
